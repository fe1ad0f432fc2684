import type { Random } from "../../base/index.ts";
import { normalQuantile, standardNormal } from "../../stats/index.ts";

/** A distribution of times, ms: log-normal (sigma 0: fixed), or exponential. */
export type Spread = { readonly median: number; readonly sigma: number } | { readonly mean: number };

/** Sigma of the log-normal with this median and this value at quantile `p`: ln(value / median) / z_p. */
export function lognormalSigma(median: number, value: number, p: number): number {
  return Math.log(value / median) / normalQuantile(p);
}

/** The log-normal of this mean and coefficient of variation: sigma^2 = ln(1 + cv^2), median = mean exp(-sigma^2 / 2). */
export function lognormalByMoments(mean: number, cv: number): Spread {
  const variance = Math.log1p(cv * cv);
  return { median: mean * Math.exp(-variance / 2), sigma: Math.sqrt(variance) };
}

export function draw(spread: Spread, random: Random): number {
  if ("mean" in spread) return -spread.mean * Math.log(1 - random.next());
  return spread.sigma === 0 ? spread.median : spread.median * Math.exp(spread.sigma * standardNormal(random));
}

/** Its mean, ms: of a log-normal, median exp(sigma^2 / 2). */
export function meanOf(spread: Spread): number {
  return "mean" in spread ? spread.mean : spread.median * Math.exp(spread.sigma ** 2 / 2);
}
