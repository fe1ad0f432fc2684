import { carries } from "../../stats/index.ts";
import { bucketMiddle } from "./buckets.ts";
import type { MetricCells } from "./cells.ts";
import { type Grid, shortValue } from "./grid.ts";
import type { Values } from "./types.ts";

/** Widest window of a percentile over time, as a share of the run to either side, and in bins. */
const REACH_SHARE = 1 / 16;
const REACH_LEAST = 1;

export interface Moving {
  readonly percentiles: ReadonlyMap<number, Values>;
  /** Exact, of the bin alone. */
  readonly greatest: Values;
}

/**
 * Percentiles over time: those of a bin's own attempts where they carry them, else of the fewest bins around it that do, never past the
 * reach; null where even those do not.
 */
export function movingPercentiles({ cells }: MetricCells, { bins }: Grid, shares: readonly number[]): Moving {
  const lowest = cells.reduce((least, cell) => Math.min(least, cell.bucket), Number.POSITIVE_INFINITY);
  const highest = cells.reduce((most, cell) => Math.max(most, cell.bucket), Number.NEGATIVE_INFINITY);
  const wide = cells.length === 0 ? 0 : highest - lowest + 1;
  // Row i holds the counts of all bins before i, so that any window is a difference of two rows.
  const before = new Uint32Array((bins + 1) * wide);
  const greatest = new Float64Array(bins).fill(Number.NaN);
  for (const cell of cells) {
    const at = (cell.bin + 1) * wide + cell.bucket - lowest;
    before[at] = (before[at] ?? 0) + cell.n;
    const most = greatest[cell.bin] ?? Number.NaN;
    greatest[cell.bin] = Number.isNaN(most) ? cell.greatest : Math.max(most, cell.greatest);
  }
  for (let at = wide; at < before.length; at++) before[at] = (before[at] ?? 0) + (before[at - wide] ?? 0);
  const totals = new Float64Array(bins + 1);
  for (let i = 0; i <= bins; i++)
    for (let b = 0; b < wide; b++) totals[i] = (totals[i] ?? 0) + (before[i * wide + b] ?? 0);
  const reach = Math.max(REACH_LEAST, Math.floor(bins * REACH_SHARE));
  const at = (bin: number, p: number): number | null => {
    if ((totals[bin + 1] ?? 0) === (totals[bin] ?? 0)) return null;
    for (let k = 0; k <= reach; k++) {
      const from = Math.max(0, bin - k);
      const to = Math.min(bins, bin + k + 1);
      const n = (totals[to] ?? 0) - (totals[from] ?? 0);
      if (!carries(n, p)) continue;
      const rank = Math.ceil(p * n);
      let seen = 0;
      for (let b = 0; b < wide; b++) {
        seen += (before[to * wide + b] ?? 0) - (before[from * wide + b] ?? 0);
        if (seen >= rank) return shortValue(bucketMiddle(lowest + b));
      }
    }
    return null;
  };
  return {
    percentiles: new Map(shares.map((p) => [p, Array.from({ length: bins }, (_, bin) => at(bin, p))])),
    greatest: Array.from(greatest, shortValue),
  };
}
