import type { Summary } from "../../analyse/index.ts";

/** How the page cuts the run's time. */
export interface Grid {
  /** ms of a bin: a whole number of seconds, as the folder's series are written by the second. */
  readonly width: number;
  readonly bins: number;
}

const MOST_BINS = 2000;
/** Widths (s) that a person can say; past the last one its multiples. */
const WIDTHS: readonly number[] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600];
const LAST = 600;

/** `duration`: ms that the bins have to cover. */
export function gridOf(duration: number, most = MOST_BINS): Grid {
  const least = duration / 1000 / most;
  const seconds = WIDTHS.find((width) => width >= least) ?? LAST * Math.ceil(least / LAST);
  return { width: seconds * 1000, bins: Math.max(1, Math.ceil(duration / 1000 / seconds)) };
}

/** ms from the run's start to the last thing that the page shows. */
export function lengthOf({ run, stages }: Summary): number {
  return Math.max(run.duration, ...stages.map(({ from, duration }) => (duration > 0 ? from + duration : 0)));
}

/** SQL for the bin of a time in ms. */
export function binSql({ width, bins }: Grid, time: string): string {
  return `least(${bins - 1}, greatest(0, floor(${time} / ${width})))::INTEGER`;
}

/** Four significant digits; null for what was not measured. */
export function shortValue(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(4));
}
