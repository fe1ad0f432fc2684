import type { Summary, Verdict } from "../../analyse/index.ts";

/** One value a bin; null where nothing was measured. Rounded to four significant digits. */
export type Values = readonly (number | null)[];

export interface Track {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly group: "load" | "latency" | "tokens" | "outcomes" | "servers" | "generator";
  /** Of a server's track: its part, and the replica where there are several. */
  readonly part?: string;
  readonly replica?: string;
  readonly values: Values;
}

/** Attempts by time and latency: [bin, bucket, attempts], only cells that hold some. */
export interface Heat {
  readonly metric: string;
  /** ms, one more than there are buckets; on a log scale. */
  readonly edges: readonly number[];
  readonly cells: readonly (readonly [bin: number, bucket: number, n: number])[];
}

/** An empirical distribution at fixed shares: [share, ms]. */
export interface Curve {
  readonly metric: string;
  readonly stage?: string;
  readonly n: number;
  readonly points: readonly (readonly [share: number, ms: number])[];
}

/** What a stretch of even load gave: one stage, or one step of a ramp. */
export interface AtLoad {
  readonly load: number;
  readonly stage: string;
  readonly seconds: number;
  readonly attempts: number;
  readonly goodput: number;
  readonly completed: number;
  readonly tokensPerSecond?: number;
  readonly costPerGoodAnswer?: number;
  readonly p50: Readonly<Record<string, number>>;
  readonly p95: Readonly<Record<string, number>>;
}

export interface Transcript {
  readonly session: number;
  readonly turn: number;
  readonly attempt: number;
  readonly persona: string;
  readonly stage: string;
  readonly outcome: string;
  readonly prompt: string;
  readonly answer: string;
  /** ms from the intended send time to the first token; absent: none came. */
  readonly ttft?: number;
  /** ms between content events, in order; absent where they were not kept. */
  readonly gaps?: readonly number[];
}

export interface PageEvent {
  readonly at: number;
  readonly kind: string;
  readonly name: string;
  readonly words: string;
}

/** All that the page shows, embedded in it as JSON: made from the run folder by report/page, read by web/. */
export interface PageData {
  readonly schema: "plimsoll/page/1";
  readonly summary: Summary;
  readonly verdict: Verdict;
  /** ms of a bin; the tracks' bins begin at the run's start. */
  readonly width: number;
  readonly bins: number;
  readonly tracks: readonly Track[];
  readonly heats: readonly Heat[];
  readonly curves: readonly Curve[];
  readonly atLoad: readonly AtLoad[];
  readonly events: readonly PageEvent[];
  readonly transcripts: readonly Transcript[];
  /** The formula of each figure, for whoever points at it: metric or measure, then its formula and unit. */
  readonly formulas: Readonly<Record<string, { readonly formula: string; readonly unit: string }>>;
  /** The plan as it ran, without secrets. */
  readonly plan: unknown;
}
