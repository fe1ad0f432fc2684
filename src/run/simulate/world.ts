import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../../base/index.ts";
import { Board, LoadDriver, RowWriter } from "../../load/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { RunEvent, SeriesPoint, Tally } from "../../record/index.ts";
import {
  buildStack,
  planClient,
  type SimulatedClient,
  type Stack,
  type StackSpec,
  VirtualKernel,
} from "../../twin/index.ts";
import type { Workload } from "../../workload/index.ts";
import { VirtualPacer } from "./virtual-pacer.ts";

export interface WorldParts {
  readonly plan: Plan;
  readonly workload: Workload;
  readonly spec: StackSpec;
  readonly fastForward: boolean;
  readonly recorder: MessagePort;
  /** What happens to the stack's replicas. */
  readonly event: (event: RunEvent) => void;
}

/** A plan's users and a stack in one virtual time: the driver of a live run, with a model behind its client. */
export class World {
  readonly board = new Board(1);
  readonly clock: Clock;
  readonly rows: RowWriter;
  readonly #kernel = new VirtualKernel();
  readonly #stack: Stack;
  readonly #client: SimulatedClient;
  readonly #driver: LoadDriver;
  #idle = false;

  constructor({ plan, workload, spec, fastForward, recorder, event }: WorldParts) {
    const kernel = this.#kernel;
    const { board } = this;
    this.clock = { now: () => kernel.now };
    let client: SimulatedClient | undefined;
    this.#stack = buildStack(spec, kernel, {
      fastForward,
      sinks: () => ({ gaps: { gaps: (cell, ms, count, at) => client?.gaps.gaps(cell, ms, count, at) } }),
      started: (part, replica, _engine, model) =>
        event({ at: kernel.now, kind: "stack", name: "replica.started", detail: { part, replica, model } }),
      stopped: (part, replica) =>
        event({ at: kernel.now, kind: "stack", name: "replica.stopped", detail: { part, replica } }),
    });
    client = planClient(plan.target, this.#stack);
    this.#client = client;
    this.rows = new RowWriter({ plan, worker: 0, board, recorder, tally: true });
    this.#driver = new LoadDriver({
      plan,
      workload,
      client,
      clock: this.clock,
      pacer: new VirtualPacer(kernel),
      board,
      rows: this.rows,
      worker: 0,
      workers: 1,
    });
    this.#driver.onIdle(() => {
      this.#idle = true;
      kernel.stop();
    });
    this.#driver.start();
  }

  /** Something of the run's own at a virtual time. */
  at(time: number, run: () => void): void {
    this.#kernel.at(time, run);
  }

  get now(): number {
    return this.#kernel.now;
  }

  /** Every session has ended, and no other will begin. */
  get idle(): boolean {
    return this.#idle;
  }

  /** Runs to a time, or to the moment in which nothing is left to do. */
  advance(to: number): void {
    if (!this.#idle) this.#kernel.run(to);
    this.board.set(0, "inFlight", this.#client.inFlight);
    this.board.set(0, "requestsWaiting", this.#client.waiting);
  }

  /** No new sessions and turns; answers under way go on. */
  stop(): void {
    this.#driver.stop();
  }

  /** Ends every attempt that is still open, now. */
  cancel(): void {
    this.#driver.cancel();
  }

  /** What the rows and the gaps since the last call count. */
  tally(): Tally {
    this.rows.flushGaps(Math.floor(this.now / 1000));
    return this.rows.takeTally() ?? { cells: [], warnings: [], backlog: 0 };
  }

  /** The stack's own gauges, as its metrics page would show them. */
  gauges(at: number): SeriesPoint[] {
    return this.#stack.gauges().map(({ part, replica, name, value }) => ({
      at,
      name,
      labels: replica === undefined ? `{part="${part}"}` : `{part="${part}",replica="${replica}"}`,
      value,
    }));
  }

  close(): void {
    this.#client.close();
    this.rows.close();
  }
}
