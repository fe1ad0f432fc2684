import { median } from "../../stats/index.ts";
import type { Column } from "../facts/types.ts";

/** A short time in which a latency is far above what it is just before and after. Bins [from, to). */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** ms: the greatest bin, and the median around. */
  readonly peak: number;
  readonly usual: number;
  /** ms: what is above it is not usual here. */
  readonly bound: number;
}

/** Bins on each side that tell what is usual. */
export const AROUND = 30;
/** Robust standard deviations above the local median, on the logarithm: a latency varies by factors. */
const FAR = 5;
/** Makes the median absolute deviation a standard deviation for a normal distribution. */
const MAD = 1.4826;
/** Least standard deviation of the logarithm: 5 %. */
const LEAST = 0.05;
/** Bins without a rise that do not end a spike. */
const GAP = 2;
/** Longer than this it is a state, not a spike. */
const LONGEST = AROUND / 2;
/** Bins around that have to be measured. */
const ENOUGH = 12;
/** A spike is at least so many times the usual. */
const TIMES = 1.5;

/**
 * Spikes of a latency column against the median of its neighbourhood, by the median absolute deviation (Hampel 1974; Iglewicz and Hoaglin 1993).
 * `least`: ms above the usual below which nobody would notice.
 */
export function stretchesIn(column: Column, least: number): readonly Stretch[] {
  const logs = column.map(Math.log);
  const bounds = column.map(() => Number.NaN);
  const usual = column.map(() => Number.NaN);
  for (let at = 0; at < column.length; at++) {
    if (!Number.isFinite(logs[at])) continue;
    const around = logs.slice(Math.max(0, at - AROUND), at + AROUND + 1).filter(Number.isFinite);
    if (around.length < ENOUGH) continue;
    const centre = median(around);
    const spread = Math.max(LEAST, MAD * median(around.map((value) => Math.abs(value - centre))));
    const middle = Math.exp(centre);
    usual[at] = middle;
    bounds[at] = Math.max(middle * TIMES, middle + least, Math.exp(centre + FAR * spread));
  }
  const found: Stretch[] = [];
  for (let at = 0; at < column.length; at++) {
    if (!((column[at] ?? 0) > (bounds[at] ?? Number.NaN))) continue;
    let to = at + 1;
    for (let next = to; next < Math.min(column.length, to + GAP + 1); next++) {
      if ((column[next] ?? 0) > (bounds[next] ?? Number.NaN)) to = next + 1;
    }
    if (to - at <= LONGEST && isOver(column, to)) {
      found.push({
        from: at,
        to,
        peak: Math.max(...column.slice(at, to).filter(Number.isFinite)),
        usual: usual[at] ?? Number.NaN,
        bound: bounds[at] ?? Number.NaN,
      });
    }
    at = to - 1;
  }
  return found;
}

/** After a spike answers come again: where they do not, it was the beginning of a failure. */
function isOver(column: Column, to: number): boolean {
  const after = column.slice(to, to + LONGEST);
  return after.filter(Number.isFinite).length >= after.length / 3;
}
