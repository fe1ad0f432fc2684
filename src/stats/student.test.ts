import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile, studentCdf, studentQuantile } from "./index.ts";

describe("Student's distribution", () => {
  // Printed tables (Abramowitz and Stegun, table 26.10; Fisher and Yates, table III).
  it.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.30265],
    [0.975, 10, 2.22814],
    [0.995, 5, 4.03214],
    [0.9995, 30, 3.646],
    [0.95, 120, 1.65765],
  ])("has its quantile of %d with %d degrees of freedom at %d (printed tables)", (p, freedom, t) => {
    expect(studentQuantile(p, freedom)).toBeCloseTo(t, 3);
  });

  it("is Cauchy's with one degree of freedom, and the normal one with very many", () => {
    expect(studentCdf(1, 1)).toBeCloseTo(0.75, 12);
    expect(studentQuantile(0.975, 1e7)).toBeCloseTo(normalQuantile(0.975), 5);
  });

  it("finds the value whose share was asked for", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (p, freedom) => {
          expect(studentCdf(studentQuantile(p, freedom), freedom)).toBeCloseTo(p, 9);
        },
      ),
      { numRuns: 60 },
    );
  });
});
