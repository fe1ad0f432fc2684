import { nearestRankOf } from "../../stats/index.ts";

export const LENGTH_PERCENTILES = ["p10", "p25", "p50", "p75", "p90", "p95", "p99"] as const;
export type LengthPercentile = (typeof LENGTH_PERCENTILES)[number];

/** Lengths in tokens; percentiles by nearest rank. */
export interface LengthStatistics extends Readonly<Record<LengthPercentile, number>> {
  readonly n: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Mean and standard deviation (divisor n) of the logarithm, of lengths above 0: mu and sigma of a log-normal. */
  readonly logMean: number;
  readonly logSd: number;
  /** Lengths of 0. */
  readonly zeros: number;
}

/** Counts whole numbers, each exactly; lengths of tokens have few different values. */
export class Lengths {
  readonly #counts = new Map<number, number>();
  #n = 0;
  #sum = 0;

  add(length: number): void {
    this.#counts.set(length, (this.#counts.get(length) ?? 0) + 1);
    this.#n++;
    this.#sum += length;
  }

  /** Values and how often each occurred, ascending. */
  sorted(): readonly (readonly [value: number, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  /** Absent without a length. */
  result(): LengthStatistics | undefined {
    if (this.#n === 0) return undefined;
    const sorted = this.sorted();
    const at = (rank: number): number => {
      let before = 0;
      for (const [value, count] of sorted) {
        before += count;
        if (before >= rank) return value;
      }
      return Number.NaN;
    };
    const p = (share: number): number => at(nearestRankOf(this.#n, share));
    let [logs, positive] = [0, 0];
    for (const [value, count] of sorted) {
      if (value <= 0) continue;
      logs += Math.log(value) * count;
      positive += count;
    }
    const logMean = logs / positive;
    const squares = sorted.reduce(
      (sum, [value, count]) => (value > 0 ? sum + (Math.log(value) - logMean) ** 2 * count : sum),
      0,
    );
    return {
      n: this.#n,
      mean: this.#sum / this.#n,
      min: at(1),
      p10: p(0.1),
      p25: p(0.25),
      p50: p(0.5),
      p75: p(0.75),
      p90: p(0.9),
      p95: p(0.95),
      p99: p(0.99),
      max: at(this.#n),
      logMean,
      logSd: Math.sqrt(squares / positive),
      zeros: this.#counts.get(0) ?? 0,
    };
  }
}
