/** How one call that a breaker let through ended. */
export type Verdict = "good" | "bad" | "left";

export interface BreakerRules {
  /** Failures in a row. */
  readonly failures: number;
  /** ms. */
  readonly open: number;
  readonly probes: number;
}

/**
 * A circuit breaker: closed, open after so many failures in a row, half open when its time is over: then a few calls try, and the first verdict
 * closes or opens it (Nygard, "Release It!", 2007, chapter 5).
 */
export class Breaker {
  readonly #rules: BreakerRules;
  readonly #changed: ((open: boolean, at: number) => void) | undefined;
  #failures = 0;
  #openUntil = Number.NEGATIVE_INFINITY;
  #open = false;
  #probing = 0;

  /** `changed` hears of every opening and closing. */
  constructor(rules: BreakerRules, changed?: (open: boolean, at: number) => void) {
    this.#rules = rules;
    this.#changed = changed;
  }

  /** 0 closed, 1 half open, 2 open. */
  state(now: number): 0 | 1 | 2 {
    if (!this.#open) return 0;
    return now < this.#openUntil ? 2 : 1;
  }

  /** Asks to send a call; undefined: not now. Whoever may must tell how it ended, once. */
  ask(now: number): ((verdict: Verdict, at: number) => void) | undefined {
    const state = this.state(now);
    if (state === 2 || (state === 1 && this.#probing >= this.#rules.probes)) return undefined;
    const probe = state === 1;
    if (probe) this.#probing++;
    return (verdict, at) => this.#ended(verdict, probe, at);
  }

  #ended(verdict: Verdict, probe: boolean, at: number): void {
    if (probe) this.#probing--;
    if (verdict === "left") return;
    if (verdict === "good") {
      // A call from before it opened says nothing about now.
      if (this.#open && !probe) return;
      this.#failures = 0;
      if (this.#open) this.#changed?.(false, at);
      this.#open = false;
      return;
    }
    this.#failures++;
    if (!probe && (this.#open || this.#failures < this.#rules.failures)) return;
    this.#open = true;
    this.#failures = 0;
    this.#openUntil = at + this.#rules.open;
    this.#changed?.(true, at);
  }
}
