import type { Summary, Verdict } from "../analyse/index.ts";
import type { Outcome, Warning } from "../base/index.ts";
import type { Tally } from "../record/index.ts";

/** Looks at a run while it goes on, and says when it may end. */
export interface Until {
  /** Takes the deltas of one tally, told at a time (ms of the run). */
  add(tally: Tally, at: number): void;
  /** Why the run has shown enough at `now` (ms of the run), as a sentence; undefined: let it go on. */
  enough(now: number, inFlight: number): string | undefined;
}

export interface RunOptions {
  /** Called at most `1000 / progressEvery` times a second, from the conductor's thread. */
  readonly onProgress?: (progress: Progress) => void;
  /** ms between progress calls; default 250. */
  readonly progressEvery?: number;
  readonly onWarning?: (warning: Warning) => void;
  /** Called once, when the run folder exists. */
  readonly onFolder?: (folder: string) => void;
  /** Called once, before the load, with where the figures are served that the plan's `export.listen` asks for. */
  readonly onEndpoint?: (url: string) => void;
  /** Called once, at the end, with what `findings.json` says. */
  readonly onVerdict?: (verdict: Verdict) => void;
  /** First abort: no new sessions, drain, summarise, exit code 105. */
  readonly stop?: AbortSignal;
  /** Second: end at once; the run folder stays readable. */
  readonly kill?: AbortSignal;
  /** The owner's word that the target may be loaded; needed for anything but loopback, unless the user's config allows it. */
  readonly iOwnThisTarget?: boolean;
  /** Ends the run as if its plan ended there, once it has seen enough. */
  readonly until?: Until;
  /** How the run was called, for the folder's record; already redacted by the caller or harmless. */
  readonly calledAs?: string;
}

/** A look at a run while it goes on. Percentiles cover the last ten seconds, counts the whole run. */
export interface Progress {
  readonly phase: "preflight" | "running" | "draining" | "summarising";
  /** ms from the run's start. */
  readonly elapsed: number;
  /** Planned ms of all stages. */
  readonly planned: number;
  readonly stage: {
    readonly name: string;
    readonly kind: string;
    readonly index: number;
    readonly count: number;
    readonly elapsed: number;
    readonly duration: number;
  };
  /** Load asked for now and reached over the last seconds, in the stage's unit. */
  readonly load: { readonly unit: "sessions/s" | "users"; readonly asked: number; readonly reached: number };
  readonly inFlight: number;
  /** Sessions under way. */
  readonly sessions: number;
  readonly started: number;
  readonly ended: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Last ten seconds, ms; absent where too few. */
  readonly recent: Readonly<
    Record<
      "ttft" | "itl" | "response" | "startLag",
      { readonly n: number; readonly p50?: number; readonly p95?: number; readonly p99?: number }
    >
  >;
  readonly tokensPerSecond: number | undefined;
  readonly cost: number | undefined;
  readonly generator: { readonly word: "well" | "strained" | "limited"; readonly loop: number };
}

export type { Summary };
