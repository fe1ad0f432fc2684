import { figure } from "./failures.ts";

/** What a probe may spend, or has spent: ms, requests, tokens in and out together. */
export interface Amount {
  readonly ms: number;
  readonly requests: number;
  readonly tokens: number;
}

/** What a probe may spend, and has spent. Nothing is sent that would go beyond. */
export class Spend {
  /** ms of the probe's clock after which nothing goes on. */
  readonly until: number;
  usedRequests = 0;
  usedTokens = 0;
  readonly #limits: Amount;
  readonly #now: () => number;

  constructor(limits: Amount, now: () => number) {
    this.#limits = limits;
    this.until = now() + limits.ms;
    this.#now = now;
  }

  get left(): number {
    return this.until - this.#now();
  }

  /** Whether this much is still there; `ms` as estimated. */
  allows(requests: number, tokens: number, ms: number): boolean {
    return this.lack(requests, tokens, ms) === undefined;
  }

  /** What is not there for this much, and what gives more; undefined: all is there. */
  lack(requests: number, tokens: number, ms: number): string | undefined {
    const left = Math.max(0, this.left);
    if (ms > left)
      return `would take about ${seconds(ms)}, more than the ${seconds(left)} left; give a larger --budget`;
    const lacks = (needed: number, limit: number, used: number, what: string): string | undefined =>
      used + needed > limit
        ? `would take ${figure(needed)} ${what}, more than the ${figure(Math.max(0, limit - used))} left; give more --${what}`
        : undefined;
    return (
      lacks(requests, this.#limits.requests, this.usedRequests, "requests") ??
      lacks(tokens, this.#limits.tokens, this.usedTokens, "tokens")
    );
  }

  take(requests: number, tokens: number): void {
    this.usedRequests += requests;
    this.usedTokens += tokens;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
}
