const SLOT = 1000;
/** A minute of whole slots, and the one under way. */
const SLOTS = 61;

/** Events a second over the last minute of whole seconds and what has passed of this one; over all that has passed where that is less. Times in ms. */
export class RateMeter {
  readonly #counts = new Float64Array(SLOTS);
  readonly #start: number;
  #slot: number;

  constructor(start: number) {
    this.#start = start;
    this.#slot = Math.floor(start / SLOT);
  }

  count(now: number): void {
    this.#turn(now);
    const index = this.#slot % SLOTS;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  rate(now: number): number {
    this.#turn(now);
    const span = Math.min((SLOTS - 1) * SLOT + (now % SLOT), now - this.#start);
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    return span <= 0 ? 0 : total / (Math.max(SLOT, span) / 1000);
  }

  #turn(now: number): void {
    const slot = Math.floor(now / SLOT);
    for (let passed = Math.min(SLOTS, slot - this.#slot); passed > 0; passed--) {
      this.#counts[(slot - passed + 1) % SLOTS] = 0;
    }
    this.#slot = Math.max(slot, this.#slot);
  }
}
