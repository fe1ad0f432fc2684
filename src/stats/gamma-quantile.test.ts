import fc from "fast-check";
import { expect, test } from "vitest";
import { gammaCdf, gammaQuantile } from "./index.ts";

// Abramowitz and Stegun, table 26.7: Q(chi², ν) = 1 - P(ν/2, chi²/2).
test.each([
  [1, 1, 0.31731],
  [2, 2, 0.36788],
  [4, 4, 0.40601],
  [3, 10, 0.01857],
  [10, 10, 0.44049],
  [30, 40, 0.10486],
])("the gamma distribution's function is chi-square's with %i degrees at %i", (degrees, chi2, upper) => {
  expect(1 - gammaCdf(degrees / 2, chi2 / 2)).toBeCloseTo(upper, 5);
});

// Abramowitz and Stegun, table 26.8: percentage points of chi-square.
test.each([
  [1, 0.95, 3.84146],
  [2, 0.99, 9.21034],
  [5, 0.05, 1.145476],
  [10, 0.5, 9.34182],
  [30, 0.995, 53.672],
])("the gamma distribution's quantile is chi-square's with %i degrees at %f", (degrees, p, chi2) => {
  expect(2 * gammaQuantile(degrees / 2, p)).toBeCloseTo(chi2, 4);
});

test("quantile and distribution function undo each other, whatever the shape", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -2, max: 4, noNaN: true }),
      fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
      (exponent, p) => {
        const shape = 10 ** exponent;
        const x = gammaQuantile(shape, p);
        // Of a tiny shape the lower quantiles are below what a double can hold.
        if (x > 1e-290) expect(gammaCdf(shape, x)).toBeCloseTo(p, 9);
      },
    ),
    { numRuns: 500 },
  );
});
