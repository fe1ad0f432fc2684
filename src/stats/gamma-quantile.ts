import { logGamma } from "./gamma.ts";
import { normalQuantile } from "./normal.ts";

const MOST_TERMS = 10_000;
const TINY = 1e-300;

/**
 * P(X <= x) for X ~ Gamma(shape, scale 1): the regularised lower incomplete gamma function P(shape, x), absolute error about 1e-14.
 * Series below shape + 1, Legendre's continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31; Lentz's method).
 */
export function gammaCdf(shape: number, x: number): number {
  if (!(shape > 0) || Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  return x < shape + 1 ? lowerSeries(shape, x) : 1 - upperFraction(shape, x);
}

function weight(shape: number, x: number): number {
  return Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && Math.abs(term) > Math.abs(sum) * Number.EPSILON; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return Math.min(1, sum * weight(shape, x));
}

function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / bounded(a * d + b);
    c = bounded(b + a / c);
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) <= Number.EPSILON) break;
  }
  return Math.min(1, value * weight(shape, x));
}

function bounded(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/**
 * Quantile of Gamma(shape, scale 1): 0 and Infinity at 0 and 1, NaN outside. Halley's steps on {@link gammaCdf} from Wilson and Hilferty's
 * normal approximation (PNAS 17, 1931), or from the first term of the series where the shape is small.
 */
export function gammaQuantile(shape: number, p: number): number {
  if (!(shape > 0) || !(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return 0;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const small = Math.exp((Math.log(p) + logGamma(shape + 1)) / shape);
  const cube = 1 - 1 / (9 * shape) + normalQuantile(p) / (3 * Math.sqrt(shape));
  let x = shape < 0.3 || cube <= 0.1 ? Math.min(small, shape + 40) : shape * cube ** 3;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 60 && x > 0; i++) {
    const missing = gammaCdf(shape, x) - p;
    if (missing > 0) high = x;
    else low = x;
    const newton = missing / (weight(shape, x) / x);
    const halley = newton / (1 - 0.5 * Math.min(1, newton * ((shape - 1) / x - 1)));
    let next = x - halley;
    if (!(next > low && next < high)) next = high === Number.POSITIVE_INFINITY ? 2 * x : (low + high) / 2;
    const done = Math.abs(next - x) <= 1e-13 * x;
    x = next;
    if (done) break;
  }
  return x;
}
