import type { Curve } from "./curve.ts";

/** The same load throughout. */
export function hold(part: { readonly value: number; readonly for: number }): Curve {
  return {
    rate: () => part.value,
    integral: (u) => part.value * u,
    knots: [],
    floor: part.value,
    wavelength: part.for,
  };
}
