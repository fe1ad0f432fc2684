import { kolmogorovP } from "../../src/stats/index.ts";

/**
 * Largest distance between two empirical distributions, and the chance of one as large where both are the same (Smirnov 1939, with the effective
 * number n m / (n + m); too large where values tie).
 */
export function twoSamples(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): { readonly distance: number; readonly p: number } {
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  let [i, j, distance] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] ?? 0, y[j] ?? 0);
    while (i < x.length && (x[i] ?? 0) <= value) i++;
    while (j < y.length && (y[j] ?? 0) <= value) j++;
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length));
  }
  return { distance, p: kolmogorovP(distance, (x.length * y.length) / (x.length + y.length)) };
}
