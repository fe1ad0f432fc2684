const HOUR = 3600;
const DAY = 24 * HOUR;

/** Rate over the time of day and week, each over the mean of all. */
export interface DiurnalStatistics {
  /** Whether hours are those of UTC; else they count from the trace's first request. */
  readonly dated: boolean;
  /** 24 values; hour 0 first. */
  readonly hours: readonly number[];
  /** Seven values, Monday first; of traces of a week and more whose times are dates. */
  readonly days?: readonly number[];
}

/** Of a trace of at least a day; `bySecond` begins at `first`, ms of the Unix epoch where it is dated. */
export function diurnal(bySecond: Uint32Array, first: number, dated: boolean): DiurnalStatistics | undefined {
  if (bySecond.length < DAY * 0.95) return undefined;
  const begin = dated ? Math.floor(first / 1000) : 0;
  const hours = new Mean(24);
  const days = new Mean(7);
  for (let i = 0; i < bySecond.length; i++) {
    const at = begin + i;
    const count = bySecond[i] ?? 0;
    hours.add(Math.floor(at / HOUR) % 24, count);
    // The epoch began on a Thursday.
    days.add((Math.floor(at / DAY) + 3) % 7, count);
  }
  const hasWeek = dated && bySecond.length >= 7 * DAY * 0.95;
  return { dated, hours: hours.relative(), ...(hasWeek ? { days: days.relative() } : {}) };
}

class Mean {
  readonly #sums: Float64Array;
  readonly #seconds: Float64Array;

  constructor(size: number) {
    this.#sums = new Float64Array(size);
    this.#seconds = new Float64Array(size);
  }

  add(index: number, count: number): void {
    this.#sums[index] = (this.#sums[index] ?? 0) + count;
    this.#seconds[index] = (this.#seconds[index] ?? 0) + 1;
  }

  /** Each mean over the mean of them all. */
  relative(): number[] {
    const means = Array.from(this.#sums, (sum, i) => sum / Math.max(1, this.#seconds[i] ?? 0));
    const all = means.reduce((sum, value) => sum + value, 0) / means.length;
    return means.map((value) => value / all);
  }
}
