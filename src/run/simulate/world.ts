import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../../base/index.ts";
import { type Board, LoadDriver, RowWriter } from "../../load/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { RunEvent, Tally } from "../../record/index.ts";
import {
  buildStack,
  type Dealing,
  planClient,
  type SimulatedClient,
  type Stack,
  type StackGauge,
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
  readonly board: Board;
  readonly recorder: MessagePort;
  /** Which of how many threads this is. */
  readonly thread: number;
  readonly threads: number;
  /** How sessions fall to replicas, where that is known beforehand; a thread then takes those of its own replicas. */
  readonly dealing: Dealing | undefined;
  /** What happens to the stack's replicas. */
  readonly event: (event: RunEvent) => void;
}

/** A plan's users and a stack in one virtual time: the driver of a live run, with a model behind its client. */
export class World {
  readonly #kernel = new VirtualKernel();
  readonly #board: Board;
  readonly #thread: number;
  readonly #rows: RowWriter;
  readonly #stack: Stack;
  readonly #client: SimulatedClient;
  readonly #driver: LoadDriver;
  #idle = false;

  constructor(parts: WorldParts) {
    const { plan, workload, spec, fastForward, board, recorder, thread, threads, dealing, event } = parts;
    const kernel = this.#kernel;
    const clock: Clock = { now: () => kernel.now };
    let client: SimulatedClient | undefined;
    const gaps: SimulatedClient["gaps"] = { gaps: (cell, ms, count, at) => client?.gaps.gaps(cell, ms, count, at) };
    this.#board = board;
    this.#thread = thread;
    this.#stack = buildStack(spec, kernel, {
      fastForward,
      sinks: () => ({ gaps }),
      gaps,
      started: (part, replica, _engine, model) =>
        event({ at: kernel.now, kind: "stack", name: "replica.started", detail: { part, replica, model } }),
      stopped: (part, replica) =>
        event({ at: kernel.now, kind: "stack", name: "replica.stopped", detail: { part, replica } }),
      event: ({ at, part, replica, name, attributes }) =>
        event({
          at,
          kind: "stack",
          name,
          detail: { part, ...(replica === undefined ? {} : { replica }), ...attributes },
        }),
    });
    client = planClient(plan.target, this.#stack, dealing);
    this.#client = client;
    this.#rows = new RowWriter({ plan, worker: thread, board, recorder, tally: true });
    this.#driver = new LoadDriver({
      plan,
      workload,
      client,
      clock,
      pacer: new VirtualPacer(kernel),
      board,
      rows: this.#rows,
      worker: thread,
      workers: threads,
      ...(dealing === undefined ? {} : { owns: (session) => dealing.owner(session) % threads === thread }),
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

  /** Rows that the recorder has not taken in. */
  get backlog(): number {
    return this.#rows.backlog;
  }

  /** Runs to a time, or to the moment in which nothing is left to do. */
  advance(to: number): void {
    if (!this.#idle) this.#kernel.run(to);
    this.#board.set(this.#thread, "inFlight", this.#client.inFlight);
    this.#board.set(this.#thread, "requestsWaiting", this.#client.waiting);
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
    this.#rows.flushGaps(Math.floor(this.now / 1000));
    return this.#rows.takeTally() ?? { cells: [], warnings: [], backlog: 0 };
  }

  gauges(): StackGauge[] {
    return this.#stack.gauges();
  }

  close(): void {
    this.#client.close();
    this.#rows.close();
  }
}
