import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketMiddle } from "./buckets.ts";
import type { Cell } from "./cells.ts";
import { gridOf, shortValue } from "./grid.ts";
import { percentile, spreadOf } from "./spread.ts";
import { thinned } from "./thin.ts";
import { movingPercentiles } from "./windows.ts";

test("a run of any length is cut into at most 2,000 bins that cover it", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 30 * 86_400_000, noNaN: true }), (duration) => {
      const { width, bins } = gridOf(duration);
      expect(bins).toBeLessThanOrEqual(2000);
      expect(width * bins).toBeGreaterThanOrEqual(duration);
      expect(width % 1000).toBe(0);
    }),
  );
});

test("the least and the greatest value of a series survive however much it is thinned", () => {
  const series = fc.array(fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -1000, max: 1000 })), {
    minLength: 1,
    maxLength: 400,
  });
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 20 }), (values, times) => {
      const width = 1000 * times;
      const grid = { width, bins: Math.ceil((values.length * 1000) / width / 2) * 2 };
      const shown = thinned({ width: 1000, values }, grid).filter((value) => value !== null);
      const there = values.filter((value) => !Number.isNaN(value));
      expect(shown.length > 0).toBe(there.length > 0);
      if (there.length === 0) return;
      expect([Math.min(...shown), Math.max(...shown)]).toEqual([Math.min(...there), Math.max(...there)]);
    }),
  );
});

const cell = (bin: number, bucket: number, n: number): Cell => ({
  bin,
  stage: "steady",
  bucket,
  n,
  censored: 0,
  least: bucketMiddle(bucket),
  greatest: bucketMiddle(bucket),
});

test("a percentile that its samples do not carry is left out, and one that they carry has an interval around it", () => {
  expect(percentile(spreadOf([cell(0, 500, 50)]), 0.95)).toBeUndefined();
  const found = percentile(spreadOf([cell(0, 500, 950), cell(0, 600, 50)]), 0.95);
  expect(found?.low).toBeLessThanOrEqual(found?.value ?? 0);
  expect(found?.high).toBeGreaterThanOrEqual(found?.value ?? 0);
});

test("a percentile over time takes in neighbouring bins only until it is carried, and none from far away", () => {
  const cells = [...Array.from({ length: 60 }, (_, bin) => cell(bin, 400, 20)), cell(100, 700, 1)];
  const { percentiles, greatest } = movingPercentiles(
    { metric: "response", n: 1201, cells },
    { width: 1000, bins: 200 },
    [0.95],
  );
  const p95 = percentiles.get(0.95) ?? [];
  expect(p95[30]).toBe(shortValue(bucketMiddle(400)));
  expect(p95[100]).toBeNull();
  expect(greatest[100]).toBe(shortValue(bucketMiddle(700)));
});
