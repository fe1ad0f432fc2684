import { decodeRunMs, decodeRunSteps } from "../step-time.ts";
import { LOOK_AHEAD, type NoiseTape } from "./noise-tape.ts";

/**
 * The times of a run of decode steps over the same sequences: a linear series where steps are not noisy, each one's end written down where they are.
 * `done` of its `steps` have ended, `begun` have their blocks.
 */
export class Jump {
  steps = 0;
  done = 0;
  begun = 0;
  private start = 0;
  private first = 0;
  private d1 = 0;
  private growth = 0;
  private readonly tape: NoiseTape | undefined;
  private readonly ends: Float64Array;

  /** `tape` undefined: steps take exactly what the formula says. */
  constructor(tape: NoiseTape | undefined) {
    this.tape = tape;
    this.ends = new Float64Array(tape === undefined ? 0 : LOOK_AHEAD);
  }

  get mostSteps(): number {
    return this.tape === undefined ? Number.POSITIVE_INFINITY : LOOK_AHEAD;
  }

  get active(): boolean {
    return this.done < this.steps;
  }

  /** Step i of it (from 0) takes `first + d1 growth i` ms, times its noise and `slowdown`. */
  plan(start: number, steps: number, first: number, d1: number, growth: number, slowdown: number): void {
    this.start = start;
    this.steps = steps;
    this.done = 0;
    this.begun = 1;
    this.first = first * slowdown;
    this.d1 = d1 * slowdown;
    this.growth = growth;
    if (this.tape === undefined) return;
    let end = start;
    for (let i = 0; i < steps; i++) {
      end += (this.first + this.d1 * growth * i) * this.tape.peek(i);
      this.ends[i] = end;
    }
    this.tape.skip(1);
  }

  /** When `steps` of its steps have ended. */
  endOf(steps: number): number {
    if (steps === 0) return this.start;
    if (this.tape !== undefined) return this.ends[steps - 1] ?? this.start;
    return this.start + decodeRunMs(this.first, this.d1, this.growth, steps);
  }

  /** Duration of step `i`, from 0. */
  msOf(i: number): number {
    if (this.tape !== undefined) return this.endOf(i + 1) - this.endOf(i);
    return this.first + this.d1 * this.growth * i;
  }

  /** Steps that end by `time`, of those that it has. */
  endedBy(time: number): number {
    if (this.tape === undefined) {
      const steps = decodeRunSteps(this.first, this.d1, this.growth, time - this.start);
      return Math.min(Math.max(steps, this.done), this.steps);
    }
    let ended = this.done;
    while (ended < this.steps && (this.ends[ended] ?? 0) <= time) ended++;
    return ended;
  }

  /** `steps` more of its steps begin. */
  beginFurther(steps: number): void {
    this.begun += steps;
    this.tape?.skip(steps);
  }
}
