import type { SeriesPoint, Tally } from "../../record/index.ts";
import type { StackGauge } from "../../twin/index.ts";

/** The simulated world, in this thread or in several, as its conductor sees it. */
export interface Worlds {
  /** Latest virtual time that any of it reached, ms. */
  readonly now: number;
  /** Every session has ended, and no other will begin. */
  readonly idle: boolean;
  /** Something of the run's own at a virtual time. */
  at(time: number, run: () => void): void;
  /** Runs to a time, or to the moment in which nothing is left to do. */
  advance(to: number): Promise<void> | void;
  /** No new sessions and turns; answers under way go on. */
  stop(): void;
  /** Ends every attempt that is still open. */
  cancel(): Promise<void> | void;
  /** What ended since the last call. */
  tallies(): readonly Tally[];
  gauges(): readonly StackGauge[];
  /** Has the last rows sent to the recorder. */
  close(): Promise<void> | void;
}

/** The stack's own gauges as series, under the names that its metrics page would give them. */
export function gaugeSeries(gauges: readonly StackGauge[], at: number): SeriesPoint[] {
  return gauges.map(({ part, replica, name, value }) => ({
    at,
    name,
    labels: replica === undefined ? `{part="${part}"}` : `{part="${part}",replica="${replica}"}`,
    value,
  }));
}
