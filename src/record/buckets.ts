import { valueOf } from "../stats/index.ts";

/** Half a microsecond, the rounding of a duration into its bucket. */
const ROUNDING = 0.0005;
/** Buckets below hold one microsecond each. */
const EXACT = 256;

/** The durations (ms) that fall into a bucket of stats/histogram.ts: from `low` up to, not including, `high`. */
export function bucketBounds(bucket: number): { readonly low: number; readonly high: number } {
  const middle = valueOf(bucket);
  const half = bucket < EXACT ? ROUNDING : 2 ** ((bucket >>> 7) - 1) / 2000;
  return { low: Math.max(0, middle - half), high: middle + half };
}
