import type { Summary } from "../../analyse/index.ts";
import type { Budget } from "../../plan/index.ts";

/** What a probe leaves of the budget of the whole search. */
export function leftOver(budget: Budget, { total, run }: Summary): Budget {
  const { cost, tokens, requests, duration } = budget;
  const used = (total.tokens.input ?? 0) + (total.tokens.output ?? 0);
  return {
    ...(cost === undefined ? {} : { cost: Math.max(0, cost - (total.cost?.total ?? 0)) }),
    ...(tokens === undefined ? {} : { tokens: Math.max(0, tokens - used) }),
    ...(requests === undefined ? {} : { requests: Math.max(0, requests - total.attempts) }),
    ...(duration === undefined ? {} : { duration: Math.max(0, duration - run.duration) }),
  };
}

export function isSpent(budget: Budget): boolean {
  return Object.values(budget).some((left: number) => left <= 0);
}
