import type { Objective } from "./objective.ts";

/** A point that was simulated, and how far it was from the data. */
export interface Tried {
  readonly logs: readonly number[];
  readonly misfit: number;
}

/**
 * Every point that was simulated while the intervals were sought, and a bound on how many there may be. Whatever a simulation was made for, its point
 * counts for all coefficients: one that is as good as the bound asks lies inside of each of their intervals.
 */
export class Accepted {
  readonly floor: number;
  readonly #objective: Objective;
  readonly #points: Tried[] = [];
  readonly #most: number;
  readonly #stop: () => boolean;
  readonly #loss: number;
  #better: { readonly logs: readonly number[]; readonly loss: number } | undefined;

  /** `floor`: the misfit up to which a point is as good. `loss`: that of the fit. `most`: simulations. */
  constructor(objective: Objective, floor: number, loss: number, most: number, stop: () => boolean) {
    this.floor = floor;
    this.#objective = objective;
    this.#loss = loss;
    this.#most = objective.evaluations + most;
    this.#stop = stop;
  }

  get points(): readonly Tried[] {
    return this.#points;
  }

  get left(): number {
    return this.#stop() ? 0 : Math.max(0, this.#most - this.#objective.evaluations);
  }

  /** A point that the search should have found: its loss is less than the fit's by more than GAIN. */
  get better(): readonly number[] | undefined {
    return this.#better?.logs;
  }

  try(logs: readonly number[]): Tried {
    const tried = { logs, misfit: this.#objective.misfit(logs) };
    if (tried.misfit > this.floor) return tried;
    this.#points.push(tried);
    const loss = this.#objective.lossOf(tried.misfit, logs);
    if (loss < (this.#better?.loss ?? this.#loss - GAIN)) this.#better = { logs, loss };
    return tried;
  }

  /** The accepted point whose coefficient `k` is furthest to one side. */
  extreme(k: number, sign: 1 | -1): Tried | undefined {
    let found: Tried | undefined;
    for (const point of this.#points)
      if (found === undefined || sign * ((point.logs[k] ?? 0) - (found.logs[k] ?? 0)) > 0) found = point;
    return found;
  }
}

/** Mean |log ratio| that makes it worth to begin again: a tenth of the model's error. */
const GAIN = 1e-3;
