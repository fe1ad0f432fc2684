import type { Random } from "../base/index.ts";
import { standardNormal } from "./gamma.ts";
import { mean } from "./moments.ts";

/**
 * Autocorrelation at a lag, with the divisor n at every lag, as R's `acf`; 0 for a series that never changes.
 * Box and Jenkins, "Time Series Analysis" (1976), section 2.1.5.
 */
export function autocorrelation(values: ArrayLike<number>, lag = 1): number {
  const centre = mean(values);
  let [products, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const difference = (values[i] ?? 0) - centre;
    squares += difference * difference;
    if (i >= lag) products += difference * ((values[i - lag] ?? 0) - centre);
  }
  return squares > 0 ? products / squares : 0;
}

/** x(t) - mean = phi (x(t - 1) - mean) + sd * N(0, 1) */
export interface Ar1 {
  readonly mean: number;
  readonly phi: number;
  readonly sd: number;
}

/**
 * First-order autoregression by Yule and Walker, as R's `ar(order.max = 1, aic = FALSE)`, the noise's variance with divisor n. phi is kept
 * within ±0.99.
 */
export function fitAr1(values: ArrayLike<number>): Ar1 {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? 0) - centre) ** 2;
  const phi = Math.min(0.99, Math.max(-0.99, autocorrelation(values)));
  return { mean: centre, phi, sd: Math.sqrt((squares / values.length) * (1 - phi * phi)) };
}

/**
 * A series of the process, begun in its stationary state: what a series without any change would look like.
 * Theiler et al., "Testing for nonlinearity in time series: the method of surrogate data", Physica D 58 (1992), for an AR(1) null.
 */
export function ar1Series({ mean: centre, phi, sd }: Ar1, n: number, random: Random): Float64Array {
  const series = new Float64Array(n);
  let state = (standardNormal(random) * sd) / Math.sqrt(1 - phi * phi);
  for (let i = 0; i < n; i++) {
    series[i] = centre + state;
    state = phi * state + sd * standardNormal(random);
  }
  return series;
}
