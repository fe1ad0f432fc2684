import type { Random } from "../../../../base/index.ts";
import type { Failure } from "../../types.ts";
import type { RetrySpec } from "./schema.ts";

/** A server that asks for more patience than this (s) is not waited for, but tried as if it had said nothing; OpenAI's own clients do so. */
const LONGEST_RETRY_AFTER = 60;

type Jitter = RetrySpec["jitter"];

/** "Full" and "equal" as in Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog (2015). */
const JITTERS: Readonly<Record<Jitter, (wait: number, random: Random) => number>> = {
  full: (wait, random) => wait * random.next(),
  equal: (wait, random) => wait / 2 + (wait / 2) * random.next(),
  none: (wait) => wait,
};

/** ms before try number `attempt` (from 1), as exponential backoff has it: min(most, backoff factor^(attempt - 1)), jittered. */
export function backoff(spec: RetrySpec, attempt: number, failure: Failure, random: Random): number {
  const { retryAfter } = failure;
  if (spec.honourRetryAfter && retryAfter !== undefined && retryAfter <= LONGEST_RETRY_AFTER) return retryAfter * 1000;
  return JITTERS[spec.jitter](Math.min(spec.maxBackoff, spec.backoff * spec.factor ** (attempt - 1)), random);
}

/**
 * A retry budget as in Finagle (`RetryBudget`) and gRPC (`retryThrottling`): first tries pay in a share of a retry, each retry takes a whole one,
 * and only so many can be saved up. However bad it gets, retries stay a share of the traffic.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #perMs: number;
  readonly #most: number;
  #credit: number;
  #at: number;

  constructor(budget: NonNullable<RetrySpec["budget"]>, now: number) {
    this.#share = budget.share;
    this.#perMs = budget.perSecond / 1000;
    this.#most = budget.most;
    this.#credit = budget.most;
    this.#at = now;
  }

  firstTry(now: number): void {
    this.#add(this.#share, now);
  }

  /** Takes one retry where one is left. */
  take(now: number): boolean {
    this.#add(0, now);
    if (this.#credit < 1) return false;
    this.#credit--;
    return true;
  }

  #add(amount: number, now: number): void {
    this.#credit = Math.min(this.#most, this.#credit + amount + this.#perMs * (now - this.#at));
    this.#at = now;
  }
}
