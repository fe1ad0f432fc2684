import type { ConceptName } from "../../base/index.ts";
import type { RunManifest } from "../../record/index.ts";
import type { Summary } from "../summary-schema.ts";

/** One value a bin; NaN where nothing was measured in it. */
export type Column = Float64Array;

/**
 * All that analysis rules look at, read from a run folder once. Time is cut into bins of equal width; bin i holds [i*width, (i+1)*width) ms
 * from the run's start.
 */
export interface Facts {
  readonly manifest: RunManifest;
  readonly summary: Summary;
  /** ms; 1,000 for runs up to two hours. */
  readonly width: number;
  readonly bins: number;
  readonly stages: readonly StageFacts[];
  readonly load: LoadColumns;
  readonly client: ClientColumns;
  readonly servers: readonly ServerSeries[];
  /** Of answers whose first token came late, of failures, ...: a SELECT over the folder's tables, for what no column holds. */
  query(sql: string): Promise<readonly (readonly unknown[])[]>;
}

export interface StageFacts {
  readonly name: string;
  readonly kind: string;
  readonly unit: "sessions/s" | "users";
  /** Bins [from, to). */
  readonly from: number;
  readonly to: number;
  /** The load that the plan asks for is the same in all of its bins, so its series may be searched for trends. */
  readonly isSteady: boolean;
  /** In `unit`: the load asked for, its mean and its greatest. */
  readonly mean: number;
  readonly peak: number;
}

export interface LoadColumns {
  /** In the unit of the stage: what the plan asks for. */
  readonly asked: Column;
  /** Sessions a second. */
  readonly sessionsStarted: Column;
  /** Attempts a second begun, ended, answered, good (METRICS.md), failed. */
  readonly started: Column;
  readonly ended: Column;
  readonly answered: Column;
  readonly good: Column;
  readonly errors: Column;
  /** Attempts, mean of the bin. */
  readonly inFlight: Column;
}

/**
 * By the bin in which the attempt was due (`scheduledAt`), so that a late answer counts where its load was. Latencies in ms, those of attempts that
 * were still waiting when they ended with the wait so far; tokens as means of an attempt; `attempts` and all from `retries` on are counts.
 */
export interface ClientColumns {
  readonly attempts: Column;
  readonly ttftP50: Column;
  readonly ttftP95: Column;
  readonly ttftMean: Column;
  readonly responseP50: Column;
  readonly responseP95: Column;
  readonly tpotP50: Column;
  readonly tpotP95: Column;
  readonly connectP95: Column;
  /** Gaps by the bin in which they ended. */
  readonly itlP50: Column;
  readonly itlP99: Column;
  readonly inputTokens: Column;
  readonly outputTokens: Column;
  readonly retries: Column;
  readonly rateLimited: Column;
  readonly refused: Column;
  readonly timeouts: Column;
  readonly severed: Column;
  readonly capped: Column;
  readonly startLagP99: Column;
}

/** One concept of one replica of one part, in the run's bins: gauges as their mean in the bin, counters as their growth a second. */
export interface ServerSeries {
  readonly concept: ConceptName;
  readonly part: string;
  /** Kind of server: vllm, redis, ...; `twin` of a simulated run. */
  readonly server: string;
  readonly replica?: string;
  readonly values: Column;
}
