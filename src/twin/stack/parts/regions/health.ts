export interface HealthRules {
  readonly failures: number;
  /** ms */
  readonly delay: number;
  /** ms */
  readonly recover: number;
}

/**
 * Whether a region counts as well. So many failures in a row make it ill; that is known everywhere only after a delay, and after a while it is
 * tried again.
 */
export class Health {
  readonly #rules: HealthRules | undefined;
  #failures = 0;
  #illFrom = Number.POSITIVE_INFINITY;

  /** Without rules it is always well. */
  constructor(rules: HealthRules | undefined) {
    this.#rules = rules;
  }

  well(now: number): boolean {
    return this.#rules === undefined || now < this.#illFrom || now >= this.#illFrom + this.#rules.recover;
  }

  good(): void {
    this.#failures = 0;
  }

  /** True where this made it ill. */
  bad(at: number): boolean {
    if (this.#rules === undefined) return false;
    this.#failures++;
    const known = at < this.#illFrom + this.#rules.recover;
    if (this.#failures < this.#rules.failures || (known && this.#illFrom !== Number.POSITIVE_INFINITY)) return false;
    this.#failures = 0;
    this.#illFrom = at + this.#rules.delay;
    return true;
  }
}
