import fc from "fast-check";
import { expect, it } from "vitest";
import { randomStream } from "../base/index.ts";
import { permutation } from "./permutation.ts";

it("a permutation takes every number once, whatever the size and the key", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (size, seed) => {
      const of = permutation(size, randomStream(seed, "p"));
      const seen = new Set(Array.from({ length: size }, (_, i) => of(i)));
      expect(seen.size).toBe(size);
      expect(Math.max(...seen)).toBe(size - 1);
    }),
    { numRuns: 60 },
  );
});

it("a permutation's first place holds each number about as often, and neighbours do not stay together", () => {
  const size = 12;
  const n = 12_000;
  const counts = new Array<number>(size).fill(0);
  let together = 0;
  for (let seed = 0; seed < n; seed++) {
    const of = permutation(size, randomStream(seed, "p"));
    const first = of(0);
    counts[first] = (counts[first] ?? 0) + 1;
    if (of(1) === (first + 1) % size) together++;
  }
  const chi2 = counts.reduce((sum, count) => sum + (count - n / size) ** 2 / (n / size), 0);
  // Chi-square with 11 degrees of freedom: 0.9999 quantile (R: qchisq).
  expect(chi2).toBeLessThan(37.4);
  expect(Math.abs(together / n - 1 / 11)).toBeLessThan(0.012);
});
