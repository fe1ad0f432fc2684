import { nearestRankOf } from "./quantiles.ts";

/**
 * Log-linear histogram of durations (the layout of HdrHistogram): values are counted in microseconds, exact up to 255 us and then in 128
 * buckets an octave, so that a bucket's middle is within 0.4 % of every value in it (or half a microsecond, which is more below 0.13 ms). Merging is adding counts.
 */
const SUB_BITS = 7;
const SUB = 1 << SUB_BITS;

/** Buckets up to about 36 minutes (2^31 us); what is longer is counted in the last. */
export const BUCKETS = (31 - SUB_BITS) * SUB + SUB;

/** Bucket of a duration in ms; negative and NaN count as zero. */
export function bucketOf(ms: number): number {
  const us = ms > 0 ? (ms < 2147483.647 ? (ms * 1000 + 0.5) | 0 : 0x7fffffff) : 0;
  if (us < 2 * SUB) return us;
  const shift = 24 - Math.clz32(us);
  return (shift << SUB_BITS) + (us >>> shift);
}

/** Merging asks for middles by the thousand, several times a second beside a load: they are worked out once. */
const MIDDLES = Float64Array.from({ length: BUCKETS }, (_, bucket) => {
  if (bucket < 2 * SUB) return bucket / 1000;
  const width = 2 ** ((bucket >>> SUB_BITS) - 1);
  const low = (SUB + (bucket & (SUB - 1))) * width;
  return (low + width / 2 - 0.5) / 1000;
});

/** Middle of a bucket, ms. */
export function valueOf(bucket: number): number {
  return MIDDLES[bucket] ?? Number.NaN;
}

export interface Sparse {
  readonly buckets: Int32Array;
  readonly counts: Int32Array;
}

export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #n = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** Negative and NaN count as zero. */
  record(ms: number): void {
    const value = Number.isNaN(ms) ? 0 : Math.max(0, ms);
    const bucket = bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#n++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Adds counted buckets; minimum, maximum and mean then are the buckets' middles. */
  add(sparse: Sparse): void {
    for (let i = 0; i < sparse.buckets.length; i++) {
      const bucket = sparse.buckets[i] ?? 0;
      const count = sparse.counts[i] ?? 0;
      const value = valueOf(bucket);
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
      this.#n += count;
      this.#sum += value * count;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    }
  }

  get n(): number {
    return this.#n;
  }
  get mean(): number {
    return this.#n === 0 ? Number.NaN : this.#sum / this.#n;
  }
  get min(): number {
    return this.#n === 0 ? Number.NaN : this.#min;
  }
  get max(): number {
    return this.#n === 0 ? Number.NaN : this.#max;
  }

  /** The value at rank ceil(p * n) (nearest rank), NaN when empty. */
  quantile(p: number): number {
    if (this.#n === 0) return Number.NaN;
    const rank = nearestRankOf(this.#n, p);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return Math.min(this.#max, Math.max(this.#min, valueOf(bucket)));
    }
    return this.#max;
  }

  sparse(): Sparse {
    return toSparse(this.#counts);
  }
}

/** The non-empty buckets of a dense count array. */
export function toSparse(counts: ArrayLike<number>): Sparse {
  let used = 0;
  for (let i = 0; i < counts.length; i++) if ((counts[i] ?? 0) > 0) used++;
  const buckets = new Int32Array(used);
  const values = new Int32Array(used);
  for (let i = 0, k = 0; i < counts.length; i++) {
    const count = counts[i] ?? 0;
    if (count > 0) {
      buckets[k] = i;
      values[k++] = count;
    }
  }
  return { buckets, counts: values };
}
