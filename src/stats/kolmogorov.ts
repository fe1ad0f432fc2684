/**
 * Largest distance between the values' empirical distribution and 1 - exp(-x / mean) (Kolmogorov 1933). The mean is given, not estimated:
 * with an estimated one the P value of {@link kolmogorovP} does not hold.
 */
export function ksExponential(values: ArrayLike<number>, mean = 1): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const expected = -Math.expm1(-(sorted[i] ?? 0) / mean);
    distance = Math.max(distance, expected - i / n, (i + 1) / n - expected);
  }
  return distance;
}

/**
 * P(D >= distance) for n values of the hypothesised distribution: Kolmogorov's limit 2 Σ (-1)^(k-1) exp(-2 k² λ²) (Smirnov 1948) at
 * Stephens' λ = (sqrt n + 0.12 + 0.11 / sqrt n) D (J. Royal Statist. Soc. B 32, 1970), good from n = 5.
 */
export function kolmogorovP(distance: number, n: number): number {
  const root = Math.sqrt(n);
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  // The series converges slowly where the probability is 1 to 12 digits anyway.
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
