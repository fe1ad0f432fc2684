import { normalCdf } from "./normal.ts";

export interface KendallResult {
  /** Concordant less discordant pairs. */
  readonly s: number;
  /** Tau-b: -1 to 1; NaN where one of the two never changes. */
  readonly tau: number;
  /** Two-sided, by the normal approximation without continuity correction; NaN where the variance is zero. */
  readonly p: number;
}

/**
 * Kendall's tau-b of pairs, ties allowed, over all n(n - 1)/2 pairs.
 * Kendall, "Rank Correlation Methods" (1970), chapters 3 and 4 (variance of S with ties in both).
 */
export function kendall(x: ArrayLike<number>, y: ArrayLike<number>): KendallResult {
  const n = Math.min(x.length, y.length);
  let s = 0;
  for (let i = 0; i < n; i++) {
    const [xi, yi] = [x[i] ?? 0, y[i] ?? 0];
    for (let j = i + 1; j < n; j++) s += Math.sign((x[j] ?? 0) - xi) * Math.sign((y[j] ?? 0) - yi);
  }
  const [ties, others] = [tieSums(x, n), tieSums(y, n)];
  const pairs = (n * (n - 1)) / 2;
  const m = n * (n - 1);
  const variance =
    (m * (2 * n + 5) - ties.variance - others.variance) / 18 +
    (2 * ties.pairs * others.pairs) / m +
    (ties.triples * others.triples) / (9 * m * (n - 2));
  const z = s / Math.sqrt(variance);
  return {
    s,
    tau: s / Math.sqrt((pairs - ties.pairs) * (pairs - others.pairs)),
    p: variance > 0 ? 2 * normalCdf(-Math.abs(z)) : Number.NaN,
  };
}

/** Sums over groups of t equal values. */
export interface TieSums {
  /** Σ t(t - 1)/2 */
  readonly pairs: number;
  /** Σ t(t - 1)(t - 2) */
  readonly triples: number;
  /** Σ t(t - 1)(2t + 5) */
  readonly variance: number;
}

export function tieSums(values: ArrayLike<number>, n = values.length): TieSums {
  const sorted = Float64Array.from(values).subarray(0, n).slice().sort();
  let [pairs, triples, variance] = [0, 0, 0];
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && sorted[to] === sorted[from]) to++;
    const t = to - from;
    pairs += (t * (t - 1)) / 2;
    triples += t * (t - 1) * (t - 2);
    variance += t * (t - 1) * (2 * t + 5);
    from = to;
  }
  return { pairs, triples, variance };
}

/** Ranks from 1, equal values sharing the mean of theirs. */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i < to; i++) ranks[order[i] ?? 0] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}
