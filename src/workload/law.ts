/** A distribution as functions of one uniform number, so that a changed parameter moves draws, never their order. */
export interface Law {
  /** The draw that a number uniform in [0, 1) stands for. */
  at(u: number): number;
  quantile(p: number): number;
  /** Infinity where it has none. */
  mean(): number;
}

/** A continuous distribution before it is cut. `inverse` takes [0, 1]. */
export interface Continuous {
  inverse(p: number): number;
  cdf(x: number): number;
  readonly mean: number;
}

/** Conditioned on lying between the bounds, by the inverse restricted to that range (Devroye 1986, chapter II.2.1). */
export function truncated({ inverse, cdf, mean }: Continuous, min?: number, max?: number): Law {
  const clamp = (x: number): number => Math.max(min ?? Number.NEGATIVE_INFINITY, Math.min(max ?? Infinity, x));
  if (min === undefined && max === undefined) {
    return { at: (u) => inverse(u + HALF_STEP), quantile: inverse, mean: () => mean };
  }
  const low = min === undefined ? 0 : cdf(min);
  const high = max === undefined ? 1 : cdf(max);
  // Further out than a double can tell, all of it is at the nearer bound.
  const quantile =
    high > low
      ? (p: number) => clamp(inverse(Math.min(low + (high - low) * p, max === undefined ? 1 - Number.EPSILON / 2 : 1)))
      : () => clamp(low > 0 ? (min ?? 0) : (max ?? 0));
  const lowest = min === undefined ? HALF_STEP : 0;
  return { at: (u) => quantile(u + lowest), quantile, mean: () => meanByQuadrature(quantile) };
}

/** Half of the step between two uniform numbers: the inverse of an unbounded distribution needs both ends left out. */
const HALF_STEP = 2 ** -54;

const POINTS = 2_000;
const POWER = 6;

/** The integral of the quantile function over [0, 1], by the midpoint rule in v with p = 1 - v^6, which is dense in the upper tail. */
function meanByQuadrature(quantile: (p: number) => number): number {
  let sum = 0;
  for (let i = 0; i < POINTS; i++) {
    const v = (i + 0.5) / POINTS;
    sum += quantile(Math.min(1 - v ** POWER, 1 - Number.EPSILON / 2)) * POWER * v ** (POWER - 1);
  }
  return sum / POINTS;
}

export interface Weighted {
  readonly weight: number;
  readonly law: Law;
}

/** One of the parts by its weight; what the uniform number leaves over draws from it. */
export function mixture(parts: readonly Weighted[]): Law {
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  let sorted: { readonly value: number; readonly weight: number }[] | undefined;
  return {
    at: (u) => {
      let left = u * whole;
      for (const { weight, law } of parts) {
        if (left < weight) return law.at(left / weight);
        left -= weight;
      }
      return parts.at(-1)?.law.at(u) ?? Number.NaN;
    },
    quantile: (p) => {
      sorted ??= gridOf(parts);
      let left = p * whole;
      for (const { value, weight } of sorted) {
        left -= weight;
        if (left <= 0) return value;
      }
      return sorted.at(-1)?.value ?? Number.NaN;
    },
    mean: () => parts.reduce((sum, { weight, law }) => sum + (weight / whole) * law.mean(), 0),
  };
}

const GRID = 4000;

/** The parts' quantiles at even steps, in order, each with its share of the weight. */
function gridOf(parts: readonly Weighted[]): { readonly value: number; readonly weight: number }[] {
  return parts
    .flatMap(({ weight, law }) =>
      Array.from({ length: GRID }, (_, i) => ({ value: law.quantile((i + 0.5) / GRID), weight: weight / GRID })),
    )
    .sort((a, b) => a.value - b.value);
}

/** Straight lines between quantiles: `points` rise in both, from probability 0 to 1. */
export function piecewise(points: readonly (readonly [p: number, value: number])[]): Law {
  const quantile = (p: number): number => {
    let [beforeP, before] = points[0] ?? [0, Number.NaN];
    for (const [nextP, next] of points) {
      if (p <= nextP) return nextP > beforeP ? before + ((next - before) * (p - beforeP)) / (nextP - beforeP) : next;
      [beforeP, before] = [nextP, next];
    }
    return before;
  };
  let mean = 0;
  for (const [i, [p, value]] of points.entries()) {
    const last = points[i - 1];
    if (last !== undefined) mean += ((p - last[0]) * (value + last[1])) / 2;
  }
  return { at: quantile, quantile, mean: () => mean };
}

/** Values that were seen, each as likely. */
export function sampled(values: Float64Array): Law {
  let sorted: Float64Array | undefined;
  return {
    at: (u) => values[Math.floor(u * values.length)] ?? Number.NaN,
    quantile: (p) => {
      sorted ??= values.toSorted();
      return sorted[Math.min(values.length - 1, Math.floor(p * values.length))] ?? Number.NaN;
    },
    mean: () => values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}
