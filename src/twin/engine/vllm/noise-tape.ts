import type { StepNoiseSource } from "../noise.ts";

/** Factors of steps to come, drawn ahead so that a run of steps can be timed before it is known how many of them will happen. */
export class NoiseTape {
  private readonly source: StepNoiseSource;
  private readonly ahead = new Float64Array(LOOK_AHEAD);
  private head = 0;
  private size = 0;

  constructor(source: StepNoiseSource) {
    this.source = source;
  }

  /** Factor of the next step. */
  next(): number {
    if (this.size === 0) return this.source.factor();
    const factor = this.peek(0);
    this.skip(1);
    return factor;
  }

  /** Factor of the step after `steps` others, less than LOOK_AHEAD of them. */
  peek(steps: number): number {
    while (this.size <= steps) {
      this.ahead[(this.head + this.size) % LOOK_AHEAD] = this.source.factor();
      this.size++;
    }
    return this.ahead[(this.head + steps) % LOOK_AHEAD] ?? 1;
  }

  /** Over factors that were peeked at. */
  skip(steps: number): void {
    this.head = (this.head + steps) % LOOK_AHEAD;
    this.size -= steps;
  }
}

/** Most noisy steps in one jump: each is drawn, so longer ones would save nothing, and waste what an arrival cuts off. */
export const LOOK_AHEAD = 64;
