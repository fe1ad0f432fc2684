import { expect, test } from "vitest";
import { weibullCv } from "./weibull.ts";

// Known: shape 1 is exponential; shape 2 (Rayleigh) has CV sqrt(4/pi - 1); shape 0.5 has CV sqrt(5).
test.each([
  [1, 1],
  [2, Math.sqrt(4 / Math.PI - 1)],
  [0.5, Math.sqrt(5)],
])("a Weibull shape of %d means a CV of %d", (shape, cv) => {
  expect(weibullCv(shape)).toBeCloseTo(cv, 12);
});
