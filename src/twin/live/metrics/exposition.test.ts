import fc from "fast-check";
import { expect, test } from "vitest";
import { readExposition } from "../test/prometheus.ts";
import { Buckets, oneTwoFive } from "./buckets.ts";
import { Exposition } from "./exposition.ts";

test("whatever labels and values hold, a strict reader reads the same", () => {
  fc.assert(
    fc.property(fc.string(), fc.double({ noNaN: true, min: 0 }), fc.string(), (label, value, help) => {
      const page = new Exposition();
      page.add("a_total", "counter", help.replaceAll("\r", ""), { label }, value);
      const sample = readExposition(page.toString()).get("a_total")?.samples[0];
      expect(sample?.labels).toEqual({ label });
      if (Number.isFinite(value)) expect(sample?.value).toBeCloseTo(value, 10);
    }),
  );
});

test("a histogram's buckets are cumulative, and a value on a bound belongs to it", () => {
  const buckets = new Buckets([1, 2, 5]);
  for (const value of [0.5, 1, 2, 3]) buckets.observe(value);
  buckets.observe(100, 2);
  expect(buckets.cumulative()).toEqual([2, 3, 4, 6]);
  expect([buckets.count, buckets.sum]).toEqual([6, 206.5]);
  const page = new Exposition();
  page.histogram("h", "x", { a: "b" }, buckets);
  expect(page.toString()).toBe(
    [
      "# HELP h x",
      "# TYPE h histogram",
      'h_bucket{a="b",le="1.0"} 2.0',
      'h_bucket{a="b",le="2.0"} 3.0',
      'h_bucket{a="b",le="5.0"} 4.0',
      'h_bucket{a="b",le="+Inf"} 6.0',
      'h_count{a="b"} 6.0',
      'h_sum{a="b"} 206.5',
      "",
    ].join("\n"),
  );
});

test("bounds of token counts follow vLLM's series", () => {
  expect(oneTwoFive(100)).toEqual([1, 2, 5, 10, 20, 50, 100]);
  expect(oneTwoFive(8192).at(-1)).toBe(5000);
});

test("one name cannot have two types", () => {
  const page = new Exposition();
  page.add("a", "gauge", "x", {}, 1);
  expect(() => page.add("a", "counter", "x", {}, 1)).toThrow(RangeError);
});
