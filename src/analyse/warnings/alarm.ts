import { autocorrelation, median } from "../../stats/index.ts";
import type { Column } from "../facts/types.ts";

/** A series that should stay where it is until load or something else moves it, in a scale in which its noise is even. */
export interface Watched {
  readonly measure: string;
  readonly unit: string;
  readonly component: string;
  readonly values: Column;
  readonly scale: "log" | "linear";
  /** Least standard deviation that its noise is believed to have, in that scale. */
  readonly floor: number;
}

export interface Alarm {
  /** Bin. */
  readonly at: number;
  /** In the series' own unit: its usual value, and the value above which it was not usual any more. */
  readonly usual: number;
  readonly bound: number;
  readonly bins: number;
}

/** Bins of the baseline. */
const FEWEST = 20;
const LONGEST = 120;
/** Standard deviations: half of the rise that shall be noticed, and the sum that alarms. */
const SLACK = 1.5;
const BOUND = 15;
const MAD = 1.4826;
/** Memory of the noise that is believed at most. */
const MEMORY = 0.9;

/**
 * When a series left its own baseline, for a rise that had not gone back when `until` came: a one-sided CUSUM (Page 1954) of median and MAD of the
 * first 20 to 120 measured bins from `from` on, its bound widened for neighbours that resemble each other. Undefined where it did not, or where
 * its baseline is too short.
 */
export function alarmOf({ values, scale, floor }: Watched, from: number, until: number): Alarm | undefined {
  const scaled = scale === "log" ? values.map(Math.log) : values;
  const baseline: number[] = [];
  let start = from;
  for (; start < until && baseline.length < Math.min(LONGEST, (until - from) / 3); start++) {
    const value = scaled[start] ?? Number.NaN;
    if (Number.isFinite(value)) baseline.push(value);
  }
  if (baseline.length < FEWEST) return undefined;
  const target = median(baseline);
  const spread = Math.max(floor, MAD * median(baseline.map((value) => Math.abs(value - target))));
  const phi = Math.min(MEMORY, Math.max(0, autocorrelation(baseline)));
  const bound = BOUND * spread * Math.sqrt((1 + phi) / (1 - phi));
  let sum = 0;
  let at: number | undefined;
  for (let bin = start; bin < until; bin++) {
    const value = scaled[bin] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    // One bin counts for no more than a third of the bound: an outlier is no change.
    sum = Math.max(0, sum + Math.min(value - target - SLACK * spread, bound / 3));
    if (sum === 0) at = undefined;
    else if (sum > bound && at === undefined) at = bin;
    sum = Math.min(sum, 2 * bound);
  }
  if (at === undefined) return undefined;
  const back = (value: number): number => (scale === "log" ? Math.exp(value) : value);
  return { at, usual: back(target), bound: back(target + 2 * SLACK * spread), bins: until - from };
}

/** Medians (or sums over sums) of the last bins, so that a bin with few answers does not shake it. */
export const SMOOTH = 10;

export function smoothed(column: Column): Column {
  return column.map((_, at) => {
    const last = column.slice(Math.max(0, at - SMOOTH + 1), at + 1).filter(Number.isFinite);
    return last.length < 3 ? Number.NaN : median(last);
  });
}

export function shareOver(above: Column, below: Column): Column {
  return above.map((_, at) => {
    let [top, bottom] = [0, 0];
    for (let bin = Math.max(0, at - SMOOTH + 1); bin <= at; bin++) {
      top += above[bin] || 0;
      bottom += below[bin] || 0;
    }
    return bottom > 0 ? top / bottom : Number.NaN;
  });
}
