/** Rounding of sums of refills may leave a bucket this far short of a whole amount that it has. */
const SLACK = 1e-9;

/**
 * A token bucket: refills steadily up to its size, and starts full. Over any time t it lets through at most `size + rate t`
 * (Turner, "New directions in communications", IEEE Communications Magazine 24 (1986), as the leaky bucket meter).
 */
export class TokenBucket {
  readonly size: number;
  readonly #perMs: number;
  #level: number;
  #at: number;

  /** `perMinute` > 0 and `size` > 0, in what the bucket counts; `now` in ms. */
  constructor(perMinute: number, size: number, now: number) {
    this.size = size;
    this.#perMs = perMinute / 60_000;
    this.#level = size;
    this.#at = now;
  }

  level(now: number): number {
    return Math.min(this.size, this.#level + this.#perMs * (now - this.#at));
  }

  /** Takes `amount` where it is there whole. */
  take(amount: number, now: number): boolean {
    if (!this.has(amount, now)) return false;
    this.#set(this.level(now) - amount, now);
    return true;
  }

  has(amount: number, now: number): boolean {
    return this.level(now) + SLACK * Math.max(1, amount) >= amount;
  }

  /** Takes (or gives back, where negative) without asking; the level may fall below zero. */
  charge(amount: number, now: number): void {
    this.#set(Math.min(this.size, this.level(now) - amount), now);
  }

  /** ms until `amount` is there; Infinity where it never fits. */
  wait(amount: number, now: number): number {
    if (amount > this.size) return Number.POSITIVE_INFINITY;
    return Math.max(0, (amount - this.level(now)) / this.#perMs);
  }

  /** ms until it is full again. */
  reset(now: number): number {
    return (this.size - this.level(now)) / this.#perMs;
  }

  #set(level: number, now: number): void {
    this.#level = level;
    this.#at = now;
  }
}
