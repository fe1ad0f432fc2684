/** Kernel widths beyond which a weight is below 4e-4 of the greatest. */
const REACH = 4;

/**
 * Local mean by a Gaussian kernel of standard deviation `bandwidth` (steps), renormalised at the ends and over absent values (NaN).
 * Nadaraya, "On estimating regression" (1964); Watson (1964); as the detrending of Dakos et al., "Methods for Detecting Early Warnings of
 * Critical Transitions in Time Series", PLoS ONE 7 (2012).
 */
export function gaussianSmooth(values: ArrayLike<number>, bandwidth: number): Float64Array {
  const n = values.length;
  const reach = Math.min(n, Math.ceil(REACH * bandwidth));
  const kernel = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-((i / bandwidth) ** 2) / 2));
  const smooth = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let [sum, weights] = [0, 0];
    for (let j = Math.max(0, i - reach); j <= Math.min(n - 1, i + reach); j++) {
      const value = values[j] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const weight = kernel[Math.abs(i - j)] ?? 0;
      sum += weight * value;
      weights += weight;
    }
    smooth[i] = sum / weights;
  }
  return smooth;
}
