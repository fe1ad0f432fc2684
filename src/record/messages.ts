import type { MetricName, Warning } from "../base/index.ts";
import type { Sparse } from "../stats/index.ts";
import type { ColumnArrays } from "./columns.ts";

/**
 * What the recorder thread is told. Worker messages come over one MessagePort each; every buffer is transferred, none is copied.
 */
export type WorkerToRecorder =
  | {
      readonly kind: "samples";
      readonly worker: number;
      readonly rows: number;
      /** Float64Array, Int32Array or BigUint64Array as the column's kind says; `rows` entries used. */
      readonly columns: ColumnArrays;
      /** Dictionary entries new since the worker's last block; code of the first, then one after another. */
      readonly firstNewCode: number;
      readonly newTexts: readonly string[];
      /** Texts kept for the run folder, and texts to count tokens of where the server sent no usage. */
      readonly texts: readonly KeptText[];
      /** Every gap of the sampled attempts. */
      readonly gapLogs: readonly { readonly row: number; readonly gaps: Float64Array }[];
    }
  /** Gap histograms of one second: for each (stage, persona) pair of dictionary-free indexes into the plan. */
  | {
      readonly kind: "gaps";
      readonly worker: number;
      readonly second: number;
      readonly cells: readonly {
        readonly stage: number;
        readonly persona: number;
        readonly buckets: Int32Array;
        readonly counts: Int32Array;
      }[];
    }
  | { readonly kind: "closed"; readonly worker: number };

/**
 * What a worker is told back: so many rows of its blocks are in. A worker that posts faster than the recorder takes (a test, a
 * replay) waits while more than a few blocks are out; a load worker never waits, and the tally tells the conductor of the backlog.
 */
export interface RecorderToWorker {
  readonly kind: "taken";
  readonly rows: number;
}

export interface KeptText {
  readonly row: number;
  readonly answer: string;
  readonly prompt: string;
  /** Goes into texts/*.jsonl; otherwise it is only counted. */
  readonly keep: boolean;
  readonly count: boolean;
}

/** One line of `events.jsonl`; `at` in ms of the run. */
export interface RunEvent {
  readonly at: number;
  readonly kind: "run" | "stage" | "stack" | "observe" | "fault" | "guard" | "warning" | "budget" | "interrupt" | "end";
  readonly name: string;
  readonly detail?: unknown;
}

/** One point of `series/*.parquet`. */
export interface SeriesPoint {
  readonly at: number;
  readonly name: string;
  /** `{worker="0"}` as key-sorted text; empty for none. */
  readonly labels: string;
  readonly value: number;
}

/** What the recorder tells the conductor, at most every `tallyEvery` ms and once at the end. Deltas since the last one. */
export interface Tally {
  readonly cells: readonly TallyCell[];
  readonly warnings: readonly Warning[];
  /** The recorder is behind by this many rows. */
  readonly backlog: number;
}

export interface TallyCell {
  readonly stage: number;
  readonly persona: number;
  /** Sessions whose first attempt has ended (rows with turn 0 and attempt 0). */
  readonly sessions: number;
  /** Index of OUTCOMES to count. */
  readonly outcomes: readonly number[];
  readonly good: number;
  readonly tokens: {
    readonly input: number;
    readonly cached: number;
    readonly output: number;
    readonly reasoning: number;
  };
  readonly cost: number;
  /** Sparse log-linear histograms of ms (stats/histogram.ts); censored attempts enter with the wait so far. */
  readonly metrics: Readonly<Partial<Record<MetricName, Sparse>>>;
}
