import type { Curve } from "./curve.ts";

/** amplitude sin(2 pi u / period + phase): a wave around what the other parts add up to. */
export function sine(part: {
  readonly amplitude: number;
  readonly period: number;
  readonly phase: number;
  readonly for: number;
}): Curve {
  const frequency = (2 * Math.PI) / part.period;
  const start = Math.cos(part.phase);
  return {
    rate: (u) => part.amplitude * Math.sin(frequency * u + part.phase),
    integral: (u) => (part.amplitude / frequency) * (start - Math.cos(frequency * u + part.phase)),
    knots: [],
    floor: -Math.abs(part.amplitude),
    wavelength: Math.min(part.for, part.period),
  };
}
