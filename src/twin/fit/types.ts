import type { EngineSpec, StepCosts } from "../engine/types.ts";

/** One request as it was measured. Times in ms since the episode's start; NaN: not known. */
export interface Observed {
  readonly arrivedAt: number;
  readonly scheduledAt: number;
  readonly firstTokenAt: number;
  readonly lastTokenAt: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the prompt's tokens, those that the server found in its prefix cache. */
  readonly cachedTokens: number;
  /** Whose turn it is, where the data name conversations. */
  readonly conversation?: string;
  /** Where it stands in the table that it was read from. */
  readonly line?: number;
}

/** Requests that an engine served from an idle start, in the order of their arrival. A run is one episode; a probe is many. */
export interface Episode {
  /** `run`, or the experiment of a probe: `idle`, `prompt`, `ladder`, `deep`, `interference`. */
  readonly kind: string;
  readonly requests: readonly Observed[];
}

/** All that is known about what happened, from whatever it was read. */
export interface Observations {
  /** What was read, for people. */
  readonly source: string;
  readonly episodes: readonly Episode[];
  /** Arrival and first token were seen by the engine itself, so that no network and no API server lies between. */
  readonly engineClock: boolean;
  /** As counted by the server over the same time; undefined: not known. */
  readonly preemptions: number | undefined;
  /** Highest share of the KV blocks in use that the server showed, 0 to 1. */
  readonly kvPeak: number | undefined;
  readonly notes: readonly string[];
}

/** What the engine was run with, as far as it is known. */
export interface EngineSettings {
  readonly dialect?: EngineSpec["dialect"];
  readonly blocks?: number;
  readonly blockSize?: number;
  readonly tokenBudget?: number;
  readonly maxSeqs?: number;
  readonly longPrefill?: number;
  readonly maxModelLen?: number;
  readonly prefixCache?: boolean;
  readonly admitWholePrompt?: boolean;
  readonly asyncScheduling?: boolean;
  /** Engines behind the one address (data parallel). */
  readonly replicas?: number;
}

export const COEFFICIENTS = [
  "c0",
  "c1",
  "c2",
  "n0",
  "ch",
  "d1",
  "d2",
  "p1",
  "p2",
  "kappa",
] as const satisfies readonly (keyof StepCosts)[];
export type Coefficient = (typeof COEFFICIENTS)[number];

/** Time (ms) between client and engine, both ways together, outside of the engine's steps: only a client's clock sees it. */
export type Parameter = Coefficient | "overhead";

export const PROBE_SCHEMA = "plimsoll/probe/1";

/** A probe's request. Times in ms since the probe's start; null where a thing did not happen or was not said. */
export interface ProbedRequest {
  readonly sentAt: number;
  readonly firstTokenAt: number | null;
  readonly lastTokenAt: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedTokens: number | null;
  /** Longest gap between its tokens. */
  readonly stall: number | null;
  readonly outcome: string;
  readonly reason?: string;
}

/** Requests sent together to an engine at rest. */
export interface ProbeEpisode {
  readonly kind: string;
  /** What was varied: prompt tokens, streams, share of the prefix. */
  readonly level: number;
  readonly requests: readonly ProbedRequest[];
}

/** What `twin probe` writes, and `twin fit` reads. */
export interface ProbeFile {
  readonly schema: typeof PROBE_SCHEMA;
  readonly url: string;
  /** ISO 8601. */
  readonly at: string;
  readonly model: string;
  /** From the server's metrics and properties pages, and what the ladder showed. */
  readonly settings: EngineSettings;
  /** Sequences that ran together while more waited, or up to how many none waited; absent: the ladder did not begin. */
  readonly batch?:
    | { readonly limit: number; readonly noLimitUpTo?: never }
    | { readonly limit?: never; readonly noLimitUpTo: number };
  /** The probe ended before its experiments did: how. Absent: it came to its end. */
  readonly incomplete?: string;
  /** What was not measured as it was meant, why, and what to do: one sentence each, without a full stop. */
  readonly notes: readonly string[];
  readonly episodes: readonly ProbeEpisode[];
}
