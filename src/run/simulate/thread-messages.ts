import type { MessagePort } from "node:worker_threads";
import type { Plan } from "../../plan/index.ts";
import type { RunEvent, Tally } from "../../record/index.ts";
import type { StackGauge } from "../../twin/index.ts";

/** What a thread of a simulation is started with. */
export interface ThreadStart {
  readonly thread: number;
  readonly threads: number;
  readonly plan: Plan;
  /** The stack as written, with its name, seed and entry. */
  readonly stack: Readonly<Record<string, unknown>>;
  readonly fastForward: boolean;
  readonly board: SharedArrayBuffer;
  readonly recorder: MessagePort;
}

/** Each is answered by one {@link FromThread}, in order. */
export type ToThread =
  | { readonly kind: "advance"; readonly to: number }
  | { readonly kind: "stop" }
  | { readonly kind: "cancel" }
  /** The last rows go to the recorder, and the thread ends. */
  | { readonly kind: "close" };

/** How a thread's part of the world stands. */
export interface FromThread {
  readonly now: number;
  readonly idle: boolean;
  readonly tallies: readonly Tally[];
  readonly gauges: readonly StackGauge[];
  readonly events: readonly RunEvent[];
}
