import type { Slopes } from "./gauss-newton.ts";
import type { ParameterEntry } from "./parameters.ts";

/** Multiples of the best value within which a coefficient can sensibly be. */
const LEAST = 0.03;
const MOST = 30;
/** Of c2: what is left between it and c1 for n0 to have a meaning. */
const APART = 0.1;

/**
 * Coordinates in which step times are sums: multiples of the best point's coefficients, 1 there. Steps of many tokens take c0 + c2·N − (c2 − c1)·n0, so
 * that (c2 − c1)·n0 stands in n0's place, unless n0 itself is what is held or the two slopes are one.
 */
export class Coordinates {
  readonly #origin: readonly number[];
  readonly #hinge: { readonly c1: number; readonly c2: number; readonly n0: number } | undefined;

  constructor(free: readonly ParameterEntry[], origin: readonly number[], held: number) {
    this.#origin = origin;
    const [c1, c2, n0] = ["c1", "c2", "n0"].map((wanted) => free.findIndex(({ name }) => name === wanted));
    if (c1 === undefined || c2 === undefined || n0 === undefined || Math.min(c1, c2, n0) < 0 || n0 === held) return;
    if (this.#gap(origin, c1, c2) > APART * Math.exp(origin[c2] ?? 0)) this.#hinge = { c1, c2, n0 };
  }

  of(logs: readonly number[]): number[] {
    const coordinates = logs.map((value, i) => Math.exp(value - (this.#origin[i] ?? value)));
    if (this.#hinge === undefined) return coordinates;
    const { c1, c2, n0 } = this.#hinge;
    coordinates[n0] = (coordinates[n0] ?? 1) * Math.max(0, this.#gap(logs, c1, c2) / this.#gap(this.#origin, c1, c2));
    return coordinates;
  }

  /** Logarithms; each coefficient is kept within what it can sensibly be. */
  logs(coordinates: readonly number[]): number[] {
    const logs = this.#origin.map((value, i) => value + bounded(coordinates[i] ?? 1));
    if (this.#hinge === undefined) return logs;
    const { c1, c2, n0 } = this.#hinge;
    const gap = Math.max(1e-3, this.#gap(logs, c1, c2) / this.#gap(this.#origin, c1, c2));
    logs[n0] = (this.#origin[n0] ?? 0) + bounded((coordinates[n0] ?? 1) / gap);
    return logs;
  }

  /** Slopes along logarithms at the best point, as slopes along these coordinates. */
  slopes(logarithmic: Slopes): Slopes {
    const hinge = this.#hinge;
    if (hinge === undefined) return logarithmic;
    const gap = this.#gap(this.#origin, hinge.c1, hinge.c2);
    const share = new Map([
      [hinge.c1, Math.exp(this.#origin[hinge.c1] ?? 0) / gap],
      [hinge.c2, -Math.exp(this.#origin[hinge.c2] ?? 0) / gap],
    ]);
    return logarithmic.map((columns) =>
      columns.map((column, k) => {
        const by = share.get(k);
        return by === undefined ? column : column.map((value, i) => value + by * (columns[hinge.n0]?.[i] ?? 0));
      }),
    );
  }

  #gap(logs: readonly number[], c1: number, c2: number): number {
    return Math.exp(logs[c2] ?? 0) - Math.exp(logs[c1] ?? 0);
  }
}

/** Least and most of a coordinate. */
export function clamped(multiple: number): number {
  return Math.max(LEAST, Math.min(MOST, multiple));
}

function bounded(multiple: number): number {
  return Math.log(clamped(multiple));
}
