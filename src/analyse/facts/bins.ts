import type { Column } from "./types.ts";

/** Bins that a run is cut into at most: two hours of seconds. */
const MOST = 7200;

/** Equal stretches of the run's time, from its start. */
export interface Bins {
  /** ms; a whole number of seconds, since gaps are counted by the second. */
  readonly width: number;
  readonly count: number;
}

/** `duration`: ms that the bins have to cover. */
export function binsOf(duration: number): Bins {
  const width = 1000 * Math.max(1, Math.ceil(duration / 1000 / MOST));
  return { width, count: Math.max(1, Math.ceil(duration / width)) };
}

export function columnOf({ count }: Bins, value: number): Column {
  return new Float64Array(count).fill(value);
}

/** SQL for the bin of a time in ms; NULL for a time that never came. */
export function binSql({ width, count }: Bins, time: string): string {
  return `least(${count - 1}, greatest(0, floor(${time} / ${width})))::INTEGER`;
}
