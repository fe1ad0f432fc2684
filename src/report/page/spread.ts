import { carries, quantileBounds } from "../../stats/index.ts";
import { bucketMiddle } from "./buckets.ts";
import type { Cell } from "./cells.ts";
import type { Percentile } from "./types.ts";

/** The values of some cells, in order: what percentiles are read from. */
export interface Spread {
  readonly n: number;
  readonly censored: number;
  readonly least: number;
  readonly greatest: number;
  /** The value (ms) at a rank from 1 to n; the middle of its bucket, but never outside of what was measured. */
  atRank(rank: number): number;
}

export function spreadOf(cells: readonly Cell[]): Spread {
  const counts = new Map<number, number>();
  let [n, censored, least, greatest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const cell of cells) {
    counts.set(cell.bucket, (counts.get(cell.bucket) ?? 0) + cell.n);
    n += cell.n;
    censored += cell.censored;
    least = Math.min(least, cell.least);
    greatest = Math.max(greatest, cell.greatest);
  }
  const buckets = [...counts].sort(([a], [b]) => a - b);
  return {
    n,
    censored,
    least,
    greatest,
    atRank(rank) {
      if (rank <= 1) return least;
      if (rank >= n) return greatest;
      let seen = 0;
      for (const [bucket, count] of buckets) {
        seen += count;
        if (seen >= rank) return Math.min(greatest, Math.max(least, bucketMiddle(bucket)));
      }
      return greatest;
    },
  };
}

/** Nearest rank; undefined where n does not carry it (METRICS.md). */
export function percentile(spread: Spread, p: number): Percentile | undefined {
  const { n } = spread;
  if (!carries(n, p)) return undefined;
  const { lower, upper } = quantileBounds(n, p);
  const value = spread.atRank(Math.ceil(p * n));
  if (lower < 1 || upper > n) return { value };
  return { value, low: spread.atRank(Math.floor(lower)), high: spread.atRank(Math.ceil(upper)) };
}
