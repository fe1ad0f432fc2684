import { BOUNDS, type ExportedPoint } from "../observe/index.ts";
import type { Tally } from "../record/index.ts";
import { valueOf } from "../stats/index.ts";

const SECOND = 1000;

const TOLD = [
  { metric: "ttft", name: "plimsoll.ttft" },
  { metric: "response", name: "plimsoll.response" },
  { metric: "itl", name: "plimsoll.itl" },
] as const;

/** Distributions of latency since the run's start, in the buckets that the outside is told. */
export class Spreads {
  readonly #spreads = TOLD.map(({ metric, name }) => ({
    metric,
    name,
    counts: new Array<number>(BOUNDS.length + 1).fill(0),
    sum: 0,
  }));

  add({ cells }: Tally): void {
    for (const spread of this.#spreads) {
      for (const { metrics } of cells) {
        const sparse = metrics[spread.metric];
        sparse?.buckets.forEach((bucket, i) => {
          const count = sparse.counts[i] ?? 0;
          const value = valueOf(bucket) / SECOND;
          const at = BOUNDS.findIndex((bound) => value <= bound);
          const into = at < 0 ? BOUNDS.length : at;
          spread.counts[into] = (spread.counts[into] ?? 0) + count;
          spread.sum += value * count;
        });
      }
    }
  }

  points(): readonly ExportedPoint[] {
    return this.#spreads.map(({ name, counts, sum }) => ({ name, spread: { counts: [...counts], sum } }));
  }
}
