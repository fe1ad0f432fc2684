import { formatDuration, formatMoney } from "../base/index.ts";
import type { Budget } from "../plan/index.ts";

export interface Spent {
  readonly cost: number;
  readonly tokens: number;
  /** ms of the run. */
  readonly elapsed: number;
  /** A worker asked for a request that the budget does not hold. */
  readonly requestsGone: boolean;
}

/** The first limit of the budget that is spent, as a sentence; undefined while there is room. */
export function spentBudget(budget: Budget, spent: Spent): string | undefined {
  if (budget.cost !== undefined && spent.cost >= budget.cost) {
    return `The run has cost ${formatMoney(spent.cost)}; its budget is ${formatMoney(budget.cost)}.`;
  }
  if (budget.tokens !== undefined && spent.tokens >= budget.tokens) {
    return `The run has used ${spent.tokens.toLocaleString("en-US")} tokens; its budget is ${budget.tokens.toLocaleString("en-US")}.`;
  }
  if (budget.requests !== undefined && spent.requestsGone) {
    return `The run has sent the ${budget.requests.toLocaleString("en-US")} requests of its budget.`;
  }
  if (budget.duration !== undefined && spent.elapsed >= budget.duration) {
    return `The run has lasted the ${formatDuration(budget.duration)} of its budget.`;
  }
  return undefined;
}
