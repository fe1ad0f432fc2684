import { formatDuration, formatMoney } from "../base/index.ts";
import type { Budget } from "../plan/index.ts";

export interface Spent {
  /** Of the attempts that are counted, and the number of these. */
  readonly cost: number;
  readonly tokens: number;
  readonly counted: number;
  /** Attempts under way, or ended and not counted yet. */
  readonly outstanding: number;
  /** ms of the run. */
  readonly elapsed: number;
  /** A worker asked for a request that the budget does not hold. */
  readonly requestsGone: boolean;
}

/**
 * The first limit of the budget that is spent, as a sentence; undefined while there is room. Attempts under way count with what an attempt has
 * cost so far on average, since they will be paid for when the run is stopped.
 */
export function spentBudget(budget: Budget, spent: Spent): string | undefined {
  const share = spent.counted === 0 ? 0 : spent.outstanding / spent.counted;
  const [cost, tokens] = [spent.cost * (1 + share), spent.tokens * (1 + share)];
  if (budget.cost !== undefined && cost >= budget.cost) {
    return `The run costs ${formatMoney(cost)} with the ${spent.outstanding} attempts under way; its budget is ${formatMoney(budget.cost)}.`;
  }
  if (budget.tokens !== undefined && tokens >= budget.tokens) {
    return `The run uses ${Math.round(tokens).toLocaleString("en-US")} tokens with the ${spent.outstanding} attempts under way; its budget is ${budget.tokens.toLocaleString("en-US")}.`;
  }
  if (budget.requests !== undefined && spent.requestsGone) {
    return `The run has sent the ${budget.requests.toLocaleString("en-US")} requests of its budget.`;
  }
  if (budget.duration !== undefined && spent.elapsed >= budget.duration) {
    return `The run has lasted the ${formatDuration(budget.duration)} of its budget.`;
  }
  return undefined;
}
