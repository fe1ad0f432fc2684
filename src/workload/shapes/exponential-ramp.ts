import type { Curve } from "./curve.ts";

/** from (to / from)^(u / L), from and to of the same sign and not zero: the load grows by the same factor in every second. */
export function exponentialRamp(part: { readonly from: number; readonly to: number; readonly for: number }): Curve {
  const growth = Math.log(part.to / part.from) / part.for;
  return {
    rate: (u) => part.from * Math.exp(growth * u),
    integral: (u) => {
      const x = growth * u;
      return part.from * u * (x === 0 ? 1 : Math.expm1(x) / x);
    },
    knots: [],
    floor: Math.min(part.from, part.to),
    wavelength: part.for,
  };
}
