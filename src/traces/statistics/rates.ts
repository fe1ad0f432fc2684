/** Windows, in s, over which counts are compared. */
export const DISPERSION_WINDOWS = [1, 10, 60] as const;

/** How the requests of a trace come, second by second. */
export interface RateStatistics {
  /** Requests a second over the whole trace. */
  readonly mean: number;
  /** Coefficient of variation of the gaps between requests; absent below three requests. */
  readonly cv?: number;
  /**
   * Index of dispersion of counts: variance (divisor n) over mean of the counts in windows of 1, 10 and 60 s from the first request on, the last one
   * included though it ends early; 1 for a Poisson process. Absent where the trace does not fill ten of them.
   */
  readonly idc: { readonly [S in `${(typeof DISPERSION_WINDOWS)[number]}s`]?: number };
  /** Most requests in a second, over the mean rate. */
  readonly peakToMean: number;
}

const FEWEST_WINDOWS = 10;
const FIRST_SIZE = 4096;
/** Seconds that are counted one by one, about three years; a longer trace is cut by who asks. */
const MOST_SECONDS = 100_000_000;

/** Counts requests by the second and by the gap before them; they come in order of time. */
export class Rates {
  #counts = new Uint32Array(FIRST_SIZE);
  #seconds = 0;
  #requests = 0;
  #first = Number.NaN;
  #last = Number.NaN;
  #gapMean = 0;
  #gapSquares = 0;

  add(at: number): void {
    if (this.#requests === 0) this.#first = at;
    else this.#gap(at - this.#last);
    this.#last = at;
    this.#requests++;
    const second = Math.floor((at - this.#first) / 1000);
    if (second >= MOST_SECONDS) return;
    if (second >= this.#counts.length) {
      const grown = new Uint32Array(Math.min(MOST_SECONDS, Math.max(second + 1, this.#counts.length * 2)));
      grown.set(this.#counts);
      this.#counts = grown;
    }
    this.#counts[second] = (this.#counts[second] ?? 0) + 1;
    this.#seconds = Math.max(this.#seconds, second + 1);
  }

  get requests(): number {
    return this.#requests;
  }

  get first(): number {
    return this.#first;
  }

  /** ms between the first and the last request. */
  get length(): number {
    return this.#requests === 0 ? 0 : this.#last - this.#first;
  }

  /** Requests of each second from the first request on. */
  get bySecond(): Uint32Array {
    return this.#counts.subarray(0, this.#seconds);
  }

  /** Absent without at least two requests at different times: there is no rate then. */
  result(): RateStatistics | undefined {
    const { length } = this;
    if (this.#requests < 2 || length <= 0) return undefined;
    const mean = (this.#requests / length) * 1000;
    const gaps = this.#requests - 1;
    const cv = Math.sqrt(this.#gapSquares / (gaps - 1)) / this.#gapMean;
    return {
      mean,
      ...(gaps < 2 ? {} : { cv }),
      idc: Object.fromEntries(
        DISPERSION_WINDOWS.flatMap((window) => {
          const index = dispersion(this.bySecond, window);
          return index === undefined ? [] : [[`${window}s`, index]];
        }),
      ),
      peakToMean: this.bySecond.reduce((most, count) => Math.max(most, count), 0) / mean,
    };
  }

  /** Welford 1962: a mean and a sum of squares in one pass. */
  #gap(gap: number): void {
    const before = gap - this.#gapMean;
    this.#gapMean += before / this.#requests;
    this.#gapSquares += before * (gap - this.#gapMean);
  }
}

function dispersion(bySecond: Uint32Array, window: number): number | undefined {
  const windows = Math.ceil(bySecond.length / window);
  if (windows < FEWEST_WINDOWS) return undefined;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < windows; i++) {
    let count = 0;
    for (let k = i * window; k < Math.min(bySecond.length, (i + 1) * window); k++) count += bySecond[k] ?? 0;
    sum += count;
    squares += count * count;
  }
  const mean = sum / windows;
  return (squares / windows - mean * mean) / mean;
}
