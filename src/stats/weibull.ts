import { logGamma } from "./gamma.ts";

/** Shapes between these give coefficients of variation from about 1e-4 to far beyond any traffic. */
const SMALLEST_SHAPE = 0.02;
const LARGEST_SHAPE = 20_000;

/**
 * Coefficient of variation of a Weibull distribution: cv^2 = Γ(1 + 2/k) / Γ(1 + 1/k)^2 - 1
 * (Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions" vol. 1, chapter 21).
 */
export function weibullCv(shape: number): number {
  return Math.sqrt(Math.expm1(logGamma(1 + 2 / shape) - 2 * logGamma(1 + 1 / shape)));
}

/** Shape k of the Weibull distribution with the given coefficient of variation (> 0), by bisection on ln k: cv falls as k rises. */
export function weibullShapeForCv(cv: number): number {
  if (!(cv > 0)) return Number.NaN;
  let low = Math.log(SMALLEST_SHAPE);
  let high = Math.log(LARGEST_SHAPE);
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (weibullCv(Math.exp(middle)) > cv) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Scale that gives a Weibull distribution of this shape the mean 1: 1 / Γ(1 + 1/k). */
export function weibullUnitScale(shape: number): number {
  return Math.exp(-logGamma(1 + 1 / shape));
}
