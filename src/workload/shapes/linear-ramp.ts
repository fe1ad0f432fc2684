import type { Curve } from "./curve.ts";

/** from + (to - from) u / L; its integral is a parabola. */
export function linearRamp(part: { readonly from: number; readonly to: number; readonly for: number }): Curve {
  const slope = (part.to - part.from) / part.for;
  return {
    rate: (u) => part.from + slope * u,
    integral: (u) => (part.from + (slope * u) / 2) * u,
    knots: [],
    floor: Math.min(part.from, part.to),
    wavelength: part.for,
  };
}
