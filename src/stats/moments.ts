/** Sum over n; NaN when empty. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/** Sample variance (divisor n - 1), in two passes; NaN below two values. */
export function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? 0) - centre) ** 2;
  return values.length < 2 ? Number.NaN : squares / (values.length - 1);
}

/** Middle value, or the mean of the two middle ones; NaN when empty. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half] ?? Number.NaN;
  return ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2;
}

/** Standard deviation over mean. */
export function coefficientOfVariation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values)) / mean(values);
}

/**
 * Variance over mean of counts in windows of one length: 1 for a Poisson process, 0 for a metronome.
 * Cox and Lewis, "The Statistical Analysis of Series of Events" (1966), section 4.5; (n - 1) times it is chi-square with n - 1 degrees of
 * freedom for a Poisson process.
 */
export function indexOfDispersion(counts: ArrayLike<number>): number {
  return variance(counts) / mean(counts);
}
