import { linearTicks, logTicks } from "../lib/ticks.ts";

export interface Scale {
  readonly ticks: readonly number[];
  /** Pixels from the start of the axis, of a length. */
  at(value: number): number;
}

export type ScaleKind = "linear" | "log" | "nines";

/** Shares on the axis of a tail: each nine takes the same room. */
const NINES: readonly number[] = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
const nines = (share: number): number => -Math.log10(1 - share);

export function scaleOf(kind: ScaleKind, low: number, high: number, length: number): Scale {
  if (kind === "nines") {
    const span = nines(high) || 1;
    return {
      ticks: NINES.filter((share) => share <= high + 1e-12),
      at: (share) => (nines(Math.min(share, high)) / span) * length,
    };
  }
  if (kind === "log") {
    const [from, to] = [Math.log(low), Math.log(high)];
    return {
      ticks: logTicks(low, high),
      at: (value) => ((Math.log(Math.max(value, low)) - from) / (to - from || 1)) * length,
    };
  }
  return {
    ticks: linearTicks(low, high, Math.max(2, Math.round(length / 90))),
    at: (value) => ((value - low) / (high - low || 1)) * length,
  };
}
