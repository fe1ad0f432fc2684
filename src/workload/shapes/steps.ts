import type { Curve } from "./curve.ts";

/** `count` plateaus of equal length from `from` to `to`, both reached; a single step stays at `from`. */
export function steps(part: {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly for: number;
}): Curve {
  const width = part.for / part.count;
  const height = part.count > 1 ? (part.to - part.from) / (part.count - 1) : 0;
  const stepAt = (u: number): number => Math.min(part.count - 1, Math.floor(u / width));
  return {
    rate: (u) => part.from + height * stepAt(u),
    integral: (u) => {
      const step = stepAt(u);
      return (
        width * (step * part.from + (height * step * (step - 1)) / 2) + (part.from + height * step) * (u - step * width)
      );
    },
    knots: Array.from({ length: part.count - 1 }, (_, i) => (i + 1) * width),
    floor: Math.min(part.from, part.to),
    wavelength: part.for,
  };
}
