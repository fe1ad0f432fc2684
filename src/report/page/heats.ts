import { bucketStart } from "./buckets.ts";
import type { MetricCells } from "./cells.ts";
import type { Grid } from "./grid.ts";
import type { Heat } from "./types.ts";

/** About as many columns and rows as can be told apart on a screen. */
const MOST_COLUMNS = 360;
const MOST_ROWS = 40;

/** Attempts by time and latency; undefined where the metric has no values. */
export function heatOf({ metric, cells, n }: MetricCells, { width, bins }: Grid): Heat | undefined {
  if (n === 0) return undefined;
  const lowest = cells.reduce((least, cell) => Math.min(least, cell.bucket), Number.POSITIVE_INFINITY);
  const highest = cells.reduce((most, cell) => Math.max(most, cell.bucket), Number.NEGATIVE_INFINITY);
  const tall = Math.max(4, Math.ceil((highest - lowest + 1) / MOST_ROWS));
  const rows = Math.ceil((highest - lowest + 1) / tall);
  const wide = Math.ceil(bins / MOST_COLUMNS);
  const counts = new Map<number, number>();
  for (const cell of cells) {
    const key = Math.floor(cell.bin / wide) * rows + Math.floor((cell.bucket - lowest) / tall);
    counts.set(key, (counts.get(key) ?? 0) + cell.n);
  }
  return {
    metric,
    n,
    width: width * wide,
    edges: Array.from({ length: rows + 1 }, (_, row) => Number(bucketStart(lowest + row * tall).toPrecision(4))),
    cells: [...counts].map(([key, count]) => [Math.floor(key / rows), key % rows, count] as const),
  };
}
