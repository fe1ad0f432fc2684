import type { Curve } from "./curve.ts";

/** A trapezoid: up over `rise`, flat, down over `rise`; a triangle where two rises do not fit. */
export function spike(part: { readonly value: number; readonly rise: number; readonly for: number }): Curve {
  const rise = Math.min(part.rise, part.for / 2);
  const fallAt = part.for - rise;
  return {
    rate: (u) => {
      if (u < rise) return (part.value * u) / rise;
      return u <= fallAt ? part.value : (part.value * (part.for - u)) / rise;
    },
    integral: (u) => {
      if (u < rise) return (part.value * u * u) / (2 * rise);
      const flat = part.value * (u - rise / 2);
      return u <= fallAt ? flat : flat - (part.value * (u - fallAt) ** 2) / (2 * rise);
    },
    knots: [...new Set([rise, fallAt])].filter((u) => u > 0 && u < part.for),
    floor: Math.min(0, part.value),
    wavelength: part.for,
  };
}
