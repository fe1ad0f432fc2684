import { mean, median, variance } from "../../stats/index.ts";
import type { Column } from "../facts/types.ts";

/** Bins of one window: long enough that a single late answer is not a change. */
const LONGEST = 5;
/** Windows that a baseline needs before its spread means anything. */
const FEWEST = 8;
/** One-sided 0.5 % of the standard normal distribution. */
const FAR = 2.5758;

/** What a measure does where nothing is wrong. */
export interface Reference {
  readonly mean: number;
  /** A window above it is no longer the baseline's: about 0.5 % of more such windows would be. */
  readonly upper: number;
  readonly windows: number;
}

/** One measure in windows of equal length, in order; those in which nothing was measured are left out. */
export interface Windowed {
  /** First bin. */
  readonly at: number;
  readonly value: number;
}

/** `log`: a latency, of which the middle bin stands for the window, since a single late answer makes a bin's figure; `linear`: a share or a count. */
export type Scale = "log" | "linear";

/** Bins of the windows that a baseline of so many bins is cut into. */
export function windowOf(baseline: number): number {
  return Math.min(LONGEST, Math.max(1, Math.floor(baseline / (2 * FEWEST))));
}

export function windowed(
  column: Column,
  { from, to }: { readonly from: number; readonly to: number },
  bins: number,
  scale: Scale,
): readonly Windowed[] {
  const windows: Windowed[] = [];
  for (let at = from; at + bins <= to; at += bins) {
    const values = column.slice(at, at + bins).filter((value) => !Number.isNaN(value));
    if (values.length > 0) windows.push({ at, value: scale === "log" ? median(values) : mean(values) });
  }
  return windows;
}

/**
 * Upper end of the prediction interval of one more window (mean + z s sqrt(1 + 1/n), Geisser 1993) in a baseline's windows, of the logarithm where
 * the scale says so, and never below the greatest of them. Undefined where the baseline is too short.
 */
export function referenceOf(windows: readonly Windowed[], scale: Scale, bins: number): Reference | undefined {
  const values = windows.map(({ value }) => (scale === "log" ? Math.log(value) : value)).filter(Number.isFinite);
  if (values.length < FEWEST) return undefined;
  const spread = Math.sqrt(variance(values) * (1 + 1 / values.length));
  // A measure that never moved (no error, nothing in flight) has room for one event in a window.
  const least = scale === "log" ? Math.log(1.1) / FAR : 1 / bins / FAR;
  const upper = Math.max(mean(values) + FAR * Math.max(spread, least), ...values);
  const back = (value: number): number => (scale === "log" ? Math.exp(value) : value);
  return { mean: back(mean(values)), upper: back(upper), windows: values.length };
}

/** Windows that have to agree before a change or a return counts. */
export const AGREE = 4;

/** First bin from which a measure is above its reference and stays there for several windows, but for one of them. */
export function firstAbove(windows: readonly Windowed[], { upper }: Reference): number | undefined {
  return firstRun(windows, ({ value }) => value > upper);
}

/**
 * First bin from which a measure is within its reference and stays there to the end: several windows agree, and of all that follow no more than
 * a tenth are above.
 */
export function firstBack(windows: readonly Windowed[], { upper }: Reference): number | undefined {
  for (let i = 0; i + AGREE <= windows.length; i++) {
    const rest = windows.slice(i);
    const isBack = (window: Windowed): boolean => window.value <= upper;
    if (!rest.slice(0, AGREE).every(isBack)) continue;
    if (rest.filter(isBack).length >= 0.9 * rest.length) return windows[i]?.at;
  }
  return undefined;
}

/** Several windows in a row are within the reference, wherever they are. */
export function hasReturned(windows: readonly Windowed[], { upper }: Reference): boolean {
  return windows.some((_, i) => {
    const run = windows.slice(i, i + AGREE);
    return run.length === AGREE && run.every(({ value }) => value <= upper);
  });
}

function firstRun(windows: readonly Windowed[], fits: (window: Windowed) => boolean): number | undefined {
  for (let i = 0; i + AGREE <= windows.length; i++) {
    const run = windows.slice(i, i + AGREE);
    const [first] = run;
    if (first !== undefined && fits(first) && run.filter(fits).length >= AGREE - 1) return first.at;
  }
  return undefined;
}
