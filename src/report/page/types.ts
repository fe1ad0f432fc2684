import type { Summary, Verdict } from "../../analyse/index.ts";

/** One value a bin; null where nothing was measured. Rounded to four significant digits. */
export type Values = readonly (number | null)[];

export interface Track {
  /** `ttft.p95`, `outcome.complete`, `server.queued`, ...: formulas has its formula. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly group: "load" | "latency" | "tokens" | "outcomes" | "servers" | "generator";
  /** Of a server's track: its part, and the replica where there are several. */
  readonly part?: string;
  readonly replica?: string;
  readonly values: Values;
}

/** Attempts by time and latency: [column, bucket, attempts], only cells that hold some. */
export interface Heat {
  readonly metric: string;
  readonly n: number;
  /** ms of a column. */
  readonly width: number;
  /** ms, one more than there are buckets; on a log scale. */
  readonly edges: readonly number[];
  readonly cells: readonly (readonly [column: number, bucket: number, n: number])[];
}

/** An empirical distribution at fixed shares: [share, ms]. Absent `stage`: of the whole run. */
export interface Curve {
  readonly metric: string;
  readonly stage?: string;
  readonly n: number;
  /** Attempts that were still waiting when they ended, counted with the wait so far. */
  readonly censored: number;
  readonly points: readonly (readonly [share: number, ms: number])[];
}

/** A percentile with its 95 % interval from order statistics; the interval is absent where n does not carry it. */
export interface Percentile {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** What a stretch of even load gave: one stage, or one step of a ramp. */
export interface AtLoad {
  readonly load: number;
  readonly unit: "sessions/s" | "users";
  readonly stage: string;
  /** ms from the run's start. */
  readonly from: number;
  readonly seconds: number;
  readonly attempts: number;
  /** Answers a second that met every per-answer limit. */
  readonly goodput: number;
  /** Answers a second. */
  readonly completed: number;
  readonly errors: number;
  readonly tokensPerSecond?: number;
  readonly costPerGoodAnswer?: number;
  readonly p50: Readonly<Record<string, Percentile>>;
  readonly p95: Readonly<Record<string, Percentile>>;
}

/** What tokens and money went into. */
export interface Spent {
  readonly use: "good" | "late" | "failed" | "abandoned";
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost?: number;
}

export interface Transcript {
  readonly session: number;
  readonly turn: number;
  readonly attempt: number;
  readonly persona: string;
  readonly stage: string;
  readonly outcome: string;
  readonly reason?: string;
  /** ms from the run's start. */
  readonly at: number;
  readonly prompt: string;
  readonly answer: string;
  readonly outputTokens?: number;
  /** ms from the intended send time to the first token; absent: none came. */
  readonly ttft?: number;
  /** ms from the intended send time to the end. */
  readonly end: number;
  /** ms between content events, in order; absent where they were not kept. */
  readonly gaps?: readonly number[];
}

export interface PageEvent {
  readonly at: number;
  readonly kind: string;
  readonly name: string;
  readonly words: string;
}

/** One threshold of the plan, taken apart so that it can be drawn. */
export interface PageLimit {
  readonly expression: string;
  /** As thresholds name it: `ttft.p95`, `errors.rate`. */
  readonly subject: string;
  readonly metric?: string;
  readonly operator: string;
  /** In the unit of the threshold; absent where it is a factor of the baseline. */
  readonly limit?: number;
  readonly stage?: string;
  readonly persona?: string;
}

export interface Formula {
  readonly title: string;
  readonly formula: string;
  readonly unit: string;
  /** Which attempts count. */
  readonly counts?: string;
}

/** All that the page shows, embedded in it as JSON: made from the run folder by report/page, read by web/. */
export interface PageData {
  readonly schema: "plimsoll/page/1";
  readonly summary: Summary;
  readonly verdict: Verdict;
  /** The plan's expected peak. */
  readonly expected?: { readonly value: number; readonly unit: string };
  readonly limits: readonly PageLimit[];
  /** ms of a bin; the tracks' bins begin at the run's start. */
  readonly width: number;
  readonly bins: number;
  readonly tracks: readonly Track[];
  /** Series of servers that were left out because there were too many. */
  readonly tracksLeftOut: number;
  /** What servers that bear an address alone are called, by their part: `vLLM at 127.0.0.1:8000`. */
  readonly partNames: Readonly<Record<string, string>>;
  readonly heats: readonly Heat[];
  readonly curves: readonly Curve[];
  readonly atLoad: readonly AtLoad[];
  readonly spent: readonly Spent[];
  readonly reasons: readonly { readonly outcome: string; readonly reason: string; readonly count: number }[];
  readonly events: readonly PageEvent[];
  readonly transcripts: readonly Transcript[];
  /** Attempts whose texts the run kept. */
  readonly textsKept: number;
  /** By metric, measure or track. */
  readonly formulas: Readonly<Record<string, Formula>>;
  /** The plan as it ran, without secrets. */
  readonly plan: unknown;
}
