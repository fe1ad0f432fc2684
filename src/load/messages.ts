import type { MessagePort } from "node:worker_threads";
import type { ExitCode, Fault } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";

/** What a load worker is started with. */
export interface WorkerStart {
  readonly worker: number;
  readonly workers: number;
  readonly plan: Plan;
  readonly board: SharedArrayBuffer;
  readonly recorder: MessagePort;
  /** URL of the conductor's calibration server on loopback; absent: no noise floor is measured. */
  readonly calibration: string | undefined;
}

export type ToWorker =
  /** `epoch`: the run's zero on the machine's monotonic clock, ms. */
  | { readonly kind: "go"; readonly epoch: number }
  /** No new sessions and turns. */
  | { readonly kind: "stop" }
  /** End what is open. */
  | { readonly kind: "cancel" }
  /** Flush the last rows and leave. */
  | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "ready"; readonly worker: number; readonly calibration: Calibration | undefined }
  /** Nothing is left to do: every session has ended. */
  | { readonly kind: "idle"; readonly worker: number }
  /** A hook of the plan threw. */
  | { readonly kind: "failed"; readonly worker: number; readonly faults: readonly Fault[]; readonly exitCode: ExitCode }
  | { readonly kind: "closed"; readonly worker: number };

/** Errors (ms) of this worker's stamps against the send times of a stream on loopback, at rest. */
export interface Calibration {
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of its events that shared a socket read. */
  readonly shared: number;
}
