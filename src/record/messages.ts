import type { Warning } from "../base/index.ts";
import type { ColumnName } from "./columns.ts";

/**
 * What the recorder thread is told. Worker messages come over one MessagePort each; every buffer is transferred, none is copied.
 */
export type WorkerToRecorder =
  | {
      readonly kind: "samples";
      readonly worker: number;
      readonly rows: number;
      /** Float64Array, Int32Array or BigUint64Array as the column's kind says; `rows` entries used. */
      readonly columns: Readonly<Record<ColumnName, Float64Array | Int32Array | BigUint64Array>>;
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
  readonly kind: "run" | "stage" | "fault" | "guard" | "warning" | "budget" | "interrupt" | "end";
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
  readonly sessionsEnded: number;
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
  /** Per metric of METRICS (but `itl`, which comes from the gap cells): sparse log-linear histogram of ms (stats/histogram.ts). */
  readonly metrics: Readonly<Record<string, { readonly buckets: Int32Array; readonly counts: Int32Array }>>;
}
