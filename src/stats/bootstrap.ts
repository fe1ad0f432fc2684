import type { Random } from "../base/index.ts";
import { nearestRank } from "./quantiles.ts";

/**
 * How often each of n observations is drawn in one replicate. With blocks, whole stretches of neighbours are drawn, wrapping at the end, so that
 * what neighbours share stays shared: the circular block bootstrap of Politis and Romano (1992); block 1 is Efron's (1979).
 */
export function bootstrapWeights(n: number, block: number, random: Random): Float64Array {
  const weights = new Float64Array(n);
  for (let drawn = 0; drawn < n; drawn += block) {
    const from = Math.floor(random.next() * n);
    for (let i = 0; i < Math.min(block, n - drawn); i++) {
      const at = (from + i) % n;
      weights[at] = (weights[at] ?? 0) + 1;
    }
  }
  return weights;
}

/** Percentile interval of replicates (Efron 1979): the ranks of (1 - confidence)/2 and its mirror. */
export function percentileInterval(
  replicates: ArrayLike<number>,
  confidence = 0.95,
): { readonly low: number; readonly high: number } {
  const sorted = Float64Array.from(replicates).sort();
  const tail = (1 - confidence) / 2;
  return { low: nearestRank(sorted, tail), high: nearestRank(sorted, 1 - tail) };
}
