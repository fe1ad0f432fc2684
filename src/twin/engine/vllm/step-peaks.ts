/**
 * Longest step since a given one, for sequences that took part in every step since: a stack of steps, each longer than all after it. Pushing costs
 * constant time on average, asking a binary search. Steps older than `span` are forgotten.
 */
export class StepPeaks {
  private steps = new Float64Array(64);
  private durations = new Float64Array(64);
  /** Ring: the oldest entry's place, and how many there are. */
  private first = 0;
  private size = 0;
  private readonly span: number;

  constructor(span: number) {
    this.span = span;
  }

  clear(): void {
    this.size = 0;
  }

  /** Step number `step` took `ms`; numbers grow. */
  push(step: number, ms: number): void {
    const { durations } = this;
    const mask = durations.length - 1;
    while (this.size > 0 && (durations[(this.first + this.size - 1) & mask] ?? 0) <= ms) this.size--;
    if (this.size > 0 && (this.steps[this.first] ?? 0) <= step - this.span) {
      this.first = (this.first + 1) & mask;
      this.size--;
    }
    if (this.size === durations.length) this.grow();
    const place = (this.first + this.size) & (this.durations.length - 1);
    this.steps[place] = step;
    this.durations[place] = ms;
    this.size++;
  }

  /** Longest step (ms) after step number `step`; 0 where there is none. */
  after(step: number): number {
    const mask = this.durations.length - 1;
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.steps[(this.first + middle) & mask] ?? 0) > step) high = middle;
      else low = middle + 1;
    }
    return low < this.size ? (this.durations[(this.first + low) & mask] ?? 0) : 0;
  }

  private grow(): void {
    const length = this.durations.length;
    const steps = new Float64Array(2 * length);
    const durations = new Float64Array(2 * length);
    for (let i = 0; i < this.size; i++) {
      const place = (this.first + i) & (length - 1);
      steps[i] = this.steps[place] ?? 0;
      durations[i] = this.durations[place] ?? 0;
    }
    this.steps = steps;
    this.durations = durations;
    this.first = 0;
  }
}
