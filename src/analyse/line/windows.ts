import type { Facts } from "../facts/types.ts";
import type { Stretch } from "./evidence.ts";

/** A few seconds of the run, all of one stage. */
export interface Window {
  readonly load: number;
  /** Attempts in flight, and answers a second. */
  readonly inFlight: number;
  readonly throughput: number;
  /** ms; mean of the bins' medians, each by its attempts; NaN without any. */
  readonly response: number;
  readonly attempts: number;
}

/** Windows that a run is cut into at most, and the fewest bins of one. */
const MOST = 60;
const SHORTEST = 3;

/** The stretches cut into windows of equal length; what is left at a stretch's end joins its last one. */
export function windowsOf({ load, client }: Facts, parts: readonly Stretch[]): readonly Window[] {
  const bins = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const size = Math.max(SHORTEST, Math.ceil(bins / MOST));
  return parts.flatMap(({ from, to }) => {
    const count = Math.max(1, Math.floor((to - from) / size));
    return Array.from({ length: count }, (_, i): Window => {
      const [first, last] = [from + i * size, i === count - 1 ? to : from + (i + 1) * size];
      const mean = (values: ArrayLike<number>): number => sumOf(values, first, last) / (last - first);
      let [weighted, measured] = [0, 0];
      for (let at = first; at < last; at++) {
        const median = client.responseP50[at] ?? Number.NaN;
        const attempts = client.attempts[at] ?? 0;
        if (Number.isNaN(median)) continue;
        weighted += median * attempts;
        measured += attempts;
      }
      return {
        load: mean(load.asked),
        inFlight: mean(load.inFlight),
        throughput: mean(load.answered),
        response: weighted / measured,
        attempts: measured,
      };
    });
  });
}

function sumOf(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] ?? 0;
  return sum;
}
