/**
 * Where the mean of a series changes: the first index of each new stretch, ascending. Exact for the cost Σ (x - mean)² and `penalty` for each
 * change, in the series' own unit squared; stretches are at least `shortest` long.
 * Killick, Fearnhead and Eckley, "Optimal Detection of Changepoints with a Linear Computational Cost" (PELT), JASA 107 (2012).
 */
export function changePoints(values: ArrayLike<number>, penalty: number, shortest = 1): number[] {
  const n = values.length;
  const [sums, squares] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let i = 0; i < n; i++) {
    const value = values[i] ?? 0;
    sums[i + 1] = (sums[i] ?? 0) + value;
    squares[i + 1] = (squares[i] ?? 0) + value * value;
  }
  const cost = (from: number, to: number): number => {
    const sum = (sums[to] ?? 0) - (sums[from] ?? 0);
    return (squares[to] ?? 0) - (squares[from] ?? 0) - (sum * sum) / (to - from);
  };
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  best[0] = -penalty;
  const last = new Int32Array(n + 1);
  let candidates: number[] = [];
  // A start that is beaten at `to` is beaten for good only from `to + shortest` on: until then no change fits between.
  const beatenAt = new Int32Array(n + 1).fill(n + 1);
  for (let to = shortest; to <= n; to++) {
    if (Number.isFinite(best[to - shortest] ?? Number.NaN)) candidates.push(to - shortest);
    for (const from of candidates) {
      const total = (best[from] ?? 0) + cost(from, to) + penalty;
      if (total < (best[to] ?? 0)) {
        best[to] = total;
        last[to] = from;
      }
    }
    for (const from of candidates) {
      if ((best[from] ?? 0) + cost(from, to) > (best[to] ?? 0)) beatenAt[from] = Math.min(beatenAt[from] ?? to, to);
    }
    candidates = candidates.filter((from) => to + 1 < (beatenAt[from] ?? 0) + shortest);
  }
  const points: number[] = [];
  for (let at = last[n] ?? 0; at > 0; at = last[at] ?? 0) points.unshift(at);
  return points;
}
