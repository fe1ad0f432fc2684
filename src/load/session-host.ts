import type { Clock } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Client } from "../protocols/index.ts";
import type { Workload } from "../workload/index.ts";
import type { Board } from "./board.ts";
import type { HookRunner } from "./hook-runner.ts";
import type { Pacer } from "./pacer.ts";
import type { RowWriter } from "./row-writer.ts";
import type { StageClock } from "./stage-clock.ts";

/** What a session lives on, the same for all of a worker. */
export interface SessionHost {
  readonly plan: Plan;
  readonly client: Client;
  readonly workload: Workload;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly board: Board;
  readonly rows: RowWriter;
  readonly worker: number;
  readonly stages: StageClock;
  readonly hooks?: HookRunner | undefined;
  /** Whether a turn that is scheduled for this time may still begin. */
  mayStart(at: number): boolean;
  /** Takes one request of the budget; false when it is spent. */
  claimRequest(): boolean;
}
