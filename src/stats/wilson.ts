/**
 * Interval of a proportion; z is the normal quantile (1.96 for 95 %). Without trials nothing is known: 0 to 1.
 * Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927).
 */
export function wilson(
  successes: number,
  n: number,
  z = 1.959963984540054,
): { readonly low: number; readonly high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = successes / n;
  const z2 = z * z;
  const centre = share + z2 / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  return {
    low: successes === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: successes === n ? 1 : Math.min(1, (centre + half) / scale),
  };
}
