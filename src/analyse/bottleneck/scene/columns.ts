import type { ConceptFold } from "../../../base/index.ts";
import type { Column } from "../../facts/types.ts";

/** Bins of the run, ascending. */
export type Window = readonly number[];

/** Mean over a window, of the bins that were measured; with weights the weighted mean. NaN where nothing was measured. */
export function meanOver(column: Column | undefined, window: Window, weights?: Column): number {
  let sum = 0;
  let total = 0;
  for (const bin of window) {
    const value = column?.[bin] ?? Number.NaN;
    const weight = weights === undefined ? 1 : (weights[bin] ?? 0);
    if (!Number.isFinite(value) || !(weight > 0)) continue;
    sum += value * weight;
    total += weight;
  }
  return total === 0 ? Number.NaN : sum / total;
}

/** The p-quantile of the measured bins of a window; NaN where nothing was measured. */
export function quantileOver(column: Column | undefined, window: Window, p: number): number {
  const values = window.map((bin) => column?.[bin] ?? Number.NaN).filter(Number.isFinite);
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(p * values.length))] ?? Number.NaN;
}

/** Sum over sum of two columns in a window: a share of totals, not a mean of shares. */
export function ratioOver(above: Column | undefined, below: Column | undefined, window: Window): number {
  const top = meanOver(above, window);
  const bottom = meanOver(below, window);
  return bottom > 0 ? top / bottom : Number.NaN;
}

/** Several columns as one, bin by bin; a bin that none measured stays unmeasured. */
export function folded(columns: readonly Column[], fold: ConceptFold): Column | undefined {
  const [first] = columns;
  if (first === undefined || columns.length === 1) return first;
  return first.map((_, bin) => {
    const values = columns.map((column) => column[bin] ?? Number.NaN).filter(Number.isFinite);
    if (values.length === 0) return Number.NaN;
    if (fold === "max") return Math.max(...values);
    const sum = values.reduce((total, value) => total + value, 0);
    return fold === "sum" ? sum : sum / values.length;
  });
}

/** Pearson's correlation over the bins of a window in which both were measured; NaN below eight of them. */
export function correlation(a: Column | undefined, b: Column | undefined, window: Window): number {
  const pairs = window
    .map((bin) => [a?.[bin] ?? Number.NaN, b?.[bin] ?? Number.NaN] as const)
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (pairs.length < 8) return Number.NaN;
  const meanOf = (at: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
  const [mx, my] = [meanOf(0), meanOf(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - mx) * (y - my);
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}

/** All bins of some blocks, ascending. */
export function joinedBins(blocks: readonly { readonly bins: Window }[]): Window {
  return blocks.flatMap((block) => [...block.bins]).toSorted((a, b) => a - b);
}
