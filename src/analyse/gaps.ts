import type { RunReader } from "../record/index.ts";
import { bucketOf, Histogram } from "../stats/index.ts";
import { type Distribution, keyOf, numberOf } from "./scope.ts";

/** `itl` over every scope, from the gap histograms; figures are middles of buckets. */
export async function gapMetrics(
  run: RunReader,
  percentiles: readonly number[],
): Promise<ReadonlyMap<string, Distribution>> {
  const { rows } = await run.query(
    "SELECT stage, persona, (bucketLow + bucketHigh) / 2, sum(count) FROM gaps GROUP BY ALL",
  );
  const merged = new Map<string, Map<number, number>>();
  for (const [stage, persona, middle, count] of rows) {
    if (typeof stage !== "string" || typeof persona !== "string") continue;
    const bucket = bucketOf(numberOf(middle) ?? 0);
    for (const key of [
      keyOf(undefined, undefined),
      keyOf(stage, undefined),
      keyOf(undefined, persona),
      keyOf(stage, persona),
    ]) {
      const counts = merged.get(key) ?? new Map<number, number>();
      counts.set(bucket, (counts.get(bucket) ?? 0) + (numberOf(count) ?? 0));
      merged.set(key, counts);
    }
  }
  const groups = new Map<string, Distribution>();
  for (const [key, counts] of merged) groups.set(key, distributionOf(counts, percentiles));
  return groups;
}

function distributionOf(counts: ReadonlyMap<number, number>, percentiles: readonly number[]): Distribution {
  const histogram = new Histogram();
  histogram.add({ buckets: Int32Array.from(counts.keys()), counts: Int32Array.from(counts.values()) });
  const { n, min, mean, max } = histogram;
  return { n, censored: 0, min, mean, max, quantiles: new Map(percentiles.map((p) => [p, histogram.quantile(p)])) };
}
