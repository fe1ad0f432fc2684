import type { RetryPlan } from "../plan/index.ts";
import type { Exchange } from "../protocols/index.ts";

/**
 * ms to wait before the plan's next retry of a turn, or undefined for none. Exponential backoff without jitter: the seed decides
 * everything else, and real clients' herds are what a test wants to see. `Retry-After` overrides it where the plan honours it.
 */
export function retryDelay(
  plan: RetryPlan,
  attempt: number,
  ended: Pick<Exchange, "outcome" | "retryAfter">,
): number | undefined {
  if (attempt >= plan.count || ended.outcome === undefined || !plan.on.includes(ended.outcome)) return undefined;
  if (plan.honourRetryAfter && !Number.isNaN(ended.retryAfter)) return ended.retryAfter * 1000;
  return Math.min(plan.maxBackoff, plan.backoff * 2 ** attempt);
}
