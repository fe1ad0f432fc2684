import { normalQuantile } from "./normal.ts";

const Z95 = normalQuantile(0.975);

/** The value at rank ceil(p * n) of ascending values (nearest rank, Hyndman and Fan 1996, type 1); NaN when empty. */
export function nearestRank(sorted: ArrayLike<number>, p: number): number {
  return sorted[nearestRankOf(sorted.length, p) - 1] ?? Number.NaN;
}

/** Rank from 1 to n. The slack keeps p * n that is whole in decimals (0.95 * 20) from rounding up by its binary error. */
export function nearestRankOf(n: number, p: number): number {
  return Math.min(n, Math.max(1, Math.ceil(p * n * (1 - 1e-12))));
}

/**
 * Ranks (real numbers, from 1) whose order statistics enclose the p-quantile with 95 % confidence: n p ± 1.96 sqrt(n p (1 - p)),
 * the normal form of the binomial interval (David and Nagaraja, "Order Statistics", section 7.1). They may lie outside 1..n.
 */
export function quantileBounds(n: number, p: number): { readonly lower: number; readonly upper: number } {
  const half = Z95 * Math.sqrt(n * p * (1 - p));
  return { lower: n * p - half, upper: n * p + half };
}

/**
 * Whether n samples carry the p-quantile: its interval of {@link quantileBounds} must end inside the samples on the tail's side.
 * p50 needs 4 samples, p90 35, p95 73, p99 381, p999 3838.
 */
export function carries(n: number, p: number): boolean {
  return n > 0 && quantileBounds(n, Math.max(p, 1 - p)).upper <= n;
}
