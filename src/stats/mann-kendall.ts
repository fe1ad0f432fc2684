import { autocorrelation } from "./autocorrelation.ts";
import { midRanks, tieSums } from "./kendall.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

export interface TrendTest {
  /** Later values above earlier ones less those below, over all pairs. */
  readonly s: number;
  /** Of `s` without a trend, autocorrelation counted in. */
  readonly variance: number;
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
  /** s over the number of pairs: -1 to 1. */
  readonly tau: number;
  /** n/n*: how much the variance grew because neighbours resemble each other; 1 for independent values. */
  readonly inflation: number;
}

export interface TrendOptions {
  /** Growth a step that is taken out before autocorrelation is looked for, such as Theil-Sen's slope. */
  readonly slope: number;
  /** Lags looked at. Default: n - 1. */
  readonly lags?: number;
  /** Least inflation; 0 takes the estimate as it is, 1 never trusts a series more than an independent one. Default: 1. */
  readonly least?: number;
}

/** Confidence at which a lag's autocorrelation counts. */
const SIGNIFICANT = normalQuantile(0.975);

/**
 * Whether a series rises or falls, whatever its distribution, for series whose neighbours resemble each other.
 * Mann, Econometrica 13 (1945); Kendall (1970) for ties; variance by Hamed and Rao, "A modified Mann-Kendall trend test for autocorrelated
 * data", J. Hydrology 204 (1998): n/n* = 1 + 2/(n(n-1)(n-2)) Σ (n-k)(n-k-1)(n-k-2) ρ(k) over the lags whose autocorrelation of the
 * detrended ranks is significant at 5 %.
 */
export function mannKendall(values: ArrayLike<number>, { slope, lags, least = 1 }: TrendOptions): TrendTest {
  const n = values.length;
  let s = 0;
  for (let i = 0; i < n; i++) {
    const vi = values[i] ?? 0;
    for (let j = i + 1; j < n; j++) s += Math.sign((values[j] ?? 0) - vi);
  }
  const inflation = Math.max(least, effectiveLength(values, slope, Math.min(lags ?? n - 1, n - 1)));
  const variance = ((n * (n - 1) * (2 * n + 5) - tieSums(values).variance) / 18) * inflation;
  const z = variance > 0 ? (s - Math.sign(s)) / Math.sqrt(variance) : 0;
  return { s, variance, z, p: 2 * normalCdf(-Math.abs(z)), tau: s / ((n * (n - 1)) / 2), inflation };
}

function effectiveLength(values: ArrayLike<number>, slope: number, lags: number): number {
  const n = values.length;
  if (n < 4) return 1;
  const ranks = midRanks(Array.from(values, (value, i) => value - slope * i));
  const bound = SIGNIFICANT / Math.sqrt(n);
  let sum = 0;
  for (let k = 1; k <= lags; k++) {
    const rho = autocorrelation(ranks, k);
    if (Math.abs(rho) > bound) sum += (n - k) * (n - k - 1) * (n - k - 2) * rho;
  }
  return 1 + (2 / (n * (n - 1) * (n - 2))) * sum;
}
