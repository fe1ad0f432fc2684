import type { Curve } from "./curve.ts";

/** A load that comes suddenly and leaves slowly: up over `rise`, then half as much after every `half`. */
export function surge(part: {
  readonly value: number;
  readonly rise: number;
  readonly half: number;
  readonly for: number;
}): Curve {
  const { value, rise, half } = part;
  const decay = Math.LN2 / half;
  const risen = (value * rise) / 2;
  return {
    rate: (u) => (u < rise ? (value * u) / rise : value * Math.exp(-decay * (u - rise))),
    integral: (u) =>
      u < rise ? (value * u * u) / (2 * rise) : risen - (value / decay) * Math.expm1(-decay * (u - rise)),
    knots: rise > 0 && rise < part.for ? [rise] : [],
    floor: Math.min(0, value),
    wavelength: part.for,
  };
}
