/** What a probe may spend, and has spent. Nothing is sent that would go beyond. */
export class Spend {
  readonly requests: number;
  readonly tokens: number;
  /** ms of the probe's clock after which nothing goes on. */
  readonly until: number;
  usedRequests = 0;
  usedTokens = 0;
  readonly #now: () => number;

  constructor(limits: { readonly ms: number; readonly requests: number; readonly tokens: number }, now: () => number) {
    this.requests = limits.requests;
    this.tokens = limits.tokens;
    this.until = now() + limits.ms;
    this.#now = now;
  }

  get left(): number {
    return this.until - this.#now();
  }

  /** Whether this much is still there; `ms` as estimated. */
  allows(requests: number, tokens: number, ms: number): boolean {
    return this.usedRequests + requests <= this.requests && this.usedTokens + tokens <= this.tokens && ms <= this.left;
  }

  take(requests: number, tokens: number): void {
    this.usedRequests += requests;
    this.usedTokens += tokens;
  }
}
