import type { Curve } from "./curve.ts";

/** A value for each `every` ms, the last one to the part's end. */
export function series(part: {
  readonly every: number;
  readonly values: readonly number[];
  readonly for: number;
}): Curve {
  const { every, values } = part;
  const sums = new Float64Array(values.length + 1);
  for (const [i, value] of values.entries()) sums[i + 1] = (sums[i] ?? 0) + value * every;
  const binAt = (u: number): number => Math.max(0, Math.min(values.length - 1, Math.floor(u / every)));
  return {
    rate: (u) => values[binAt(u)] ?? 0,
    integral: (u) => {
      const bin = binAt(u);
      return (sums[bin] ?? 0) + (values[bin] ?? 0) * (u - bin * every);
    },
    knots: values.map((_, i) => i * every).filter((u) => u > 0 && u < part.for),
    floor: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    wavelength: part.for,
  };
}
