import type { Stage } from "../plan/index.ts";

/** Which stage a time of the run falls in; stages follow one another without a gap. */
export class StageClock {
  readonly #stages: readonly Stage[];
  readonly end: number;
  #hint = 0;

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
    const last = stages.at(-1);
    this.end = last === undefined ? 0 : last.from + last.duration;
  }

  /** Index of the stage at `at`; the first before the start, the last after the end. Times asked for mostly grow. */
  indexAt(at: number): number {
    const stages = this.#stages;
    let index = this.#hint;
    while (index > 0 && (stages[index]?.from ?? 0) > at) index--;
    while (index + 1 < stages.length && (stages[index + 1]?.from ?? Number.POSITIVE_INFINITY) <= at) index++;
    this.#hint = index;
    return index;
  }
}
