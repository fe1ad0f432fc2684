const SLOTS = 60;
const SLOT = 1000;

/** Events a second over the last minute, in slots of a second; over what has passed where that is less. Times in ms. */
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
    const span = Math.min(SLOTS * SLOT, now - this.#start);
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
