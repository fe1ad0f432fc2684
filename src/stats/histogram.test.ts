import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUCKETS, bucketOf, Histogram, nearestRank, type Sparse, toSparse, valueOf } from "./index.ts";

/** From a tenth of a microsecond to half an hour, evenly over the decades. */
const duration = fc.double({ min: -4, max: 6.25, noNaN: true }).map((exponent) => 10 ** exponent);
const durations = fc.array(duration, { minLength: 1, maxLength: 400 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const HALF_MICROSECOND = 0.0005;

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

const total = ({ counts }: Sparse): number => counts.reduce((sum, count) => sum + count, 0);

describe("the histogram of durations", () => {
  it("gives every quantile within 0.8 % (or half a microsecond) of the value at that rank", () => {
    fc.assert(
      fc.property(durations, share, (values, p) => {
        const exact = nearestRank(Float64Array.from(values).sort(), p);
        const found = filled(values).quantile(p);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.max(0.008 * exact, HALF_MICROSECOND * 1.001));
      }),
    );
  });

  it("holds the same counts when parts are merged as when all is recorded in one", () => {
    fc.assert(
      fc.property(durations, durations, share, (first, second, p) => {
        const merged = new Histogram();
        merged.add(filled(first).sparse());
        merged.add(filled(second).sparse());
        const together = filled([...first, ...second]);
        expect(merged.sparse()).toEqual(together.sparse());
        expect(merged.n).toBe(together.n);
        const slack = Math.max(0.004 * together.quantile(p), HALF_MICROSECOND * 1.001);
        expect(Math.abs(merged.quantile(p) - together.quantile(p))).toBeLessThanOrEqual(slack);
        expect(Math.abs(merged.mean - together.mean)).toBeLessThanOrEqual(0.004 * together.mean + HALF_MICROSECOND);
      }),
    );
  });

  it("loses no value, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 200 }), (values) => {
        const histogram = filled(values);
        expect(histogram.n).toBe(values.length);
        expect(total(histogram.sparse())).toBe(values.length);
      }),
    );
  });

  it("counts negative values and NaN as zero, and what is longer than its range in the last bucket", () => {
    const histogram = filled([-5, Number.NaN, 0]);
    expect(histogram.quantile(1)).toBe(0);
    expect(histogram.mean).toBe(0);
    expect([bucketOf(-1), bucketOf(Number.NaN), bucketOf(1e12)]).toEqual([0, 0, BUCKETS - 1]);
    expect(filled([1e9]).max).toBe(1e9);
  });

  it("has buckets without gap or overlap, in the order of their values", () => {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      expect(bucketOf(valueOf(bucket))).toBe(bucket);
      if (bucket > 0) expect(valueOf(bucket)).toBeGreaterThan(valueOf(bucket - 1));
    }
  });

  it("puts a larger duration never in an earlier bucket", () => {
    fc.assert(
      fc.property(duration, duration, (x, y) => {
        expect(bucketOf(Math.min(x, y))).toBeLessThanOrEqual(bucketOf(Math.max(x, y)));
      }),
    );
  });

  it("says NaN, not zero, when it is empty", () => {
    const empty = new Histogram();
    expect([empty.n, empty.mean, empty.min, empty.max, empty.quantile(0.5)]).toEqual([0, ...Array(4).fill(Number.NaN)]);
  });

  it("turns dense counts into the non-empty buckets only", () => {
    expect(toSparse([0, 3, 0, 0, 1])).toEqual({ buckets: Int32Array.of(1, 4), counts: Int32Array.of(3, 1) });
  });
});
