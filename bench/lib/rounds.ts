/** Middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Nearest-rank percentile of values in ascending order; absent when fewer than ten lie beyond it. */
export function percentile(sorted: Float64Array | readonly number[], share: number): number | undefined {
  const n = sorted.length;
  if (n === 0 || n * Math.min(share, 1 - share) < Math.min(10, n / 2)) return undefined;
  return sorted[Math.min(n - 1, Math.max(0, Math.ceil(share * n) - 1))];
}

/**
 * Runs every entry once a round, in the given order in even rounds and in reverse in odd ones, so that a drift of the machine favours
 * nobody. Resolves to each entry's results, one a round.
 */
export async function alternate<E extends { readonly name: string }, R>(
  count: number,
  entries: readonly E[],
  once: (entry: E, round: number) => Promise<R>,
): Promise<Map<string, R[]>> {
  const results = new Map<string, R[]>(entries.map((entry) => [entry.name, []]));
  for (let round = 0; round < count; round++) {
    for (const entry of round % 2 === 0 ? entries : [...entries].reverse()) {
      process.stderr.write(`round ${round + 1} of ${count}: ${entry.name}\n`);
      results.get(entry.name)?.push(await once(entry, round));
    }
  }
  return results;
}
