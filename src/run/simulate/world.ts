import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../../base/index.ts";
import { type Board, HookRunner, LoadDriver, RowWriter, regionalClient } from "../../load/index.ts";
import type { Hooks, Plan } from "../../plan/index.ts";
import type { Client } from "../../protocols/index.ts";
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
import type { Worlds } from "./worlds.ts";

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
  readonly hooks?: Hooks | undefined;
  /** What happens to the stack's replicas. */
  readonly event: (event: RunEvent) => void;
}

/** What a hook throws ends the simulation at once. */
function hooksOf({ plan, hooks, board, thread }: WorldParts): HookRunner | undefined {
  if (plan.hooks === undefined || hooks === undefined) return undefined;
  return new HookRunner({ hooks, file: plan.hooks.file }, board, thread, (error) => {
    throw error;
  });
}

/** A plan's users and a stack in one virtual time: the driver of a live run, with a model behind its client. All of it in this thread, or this thread's share. */
export class World implements Worlds {
  readonly #kernel = new VirtualKernel();
  readonly #board: Board;
  readonly #thread: number;
  readonly #rows: RowWriter;
  readonly #stack: Stack;
  readonly #client: Client;
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
    const near = planClient(plan.target, this.#stack, dealing);
    client = near;
    this.#client = regionalClient(
      plan,
      clock,
      () => new VirtualPacer(kernel),
      () => near,
    );
    this.#rows = new RowWriter({ plan, worker: thread, board, recorder, tally: true });
    this.#driver = new LoadDriver({
      plan,
      workload,
      client: this.#client,
      clock,
      pacer: new VirtualPacer(kernel),
      board,
      rows: this.#rows,
      worker: thread,
      workers: threads,
      hooks: hooksOf(parts),
      ...(dealing === undefined ? {} : { owns: (session) => dealing.owner(session) % threads === thread }),
    });
    this.#driver.onIdle(() => {
      this.#idle = true;
      kernel.stop();
    });
    this.#driver.start();
  }

  at(time: number, run: () => void): void {
    this.#kernel.at(time, run);
  }

  get now(): number {
    return this.#kernel.now;
  }

  get idle(): boolean {
    return this.#idle;
  }

  /** Rows that the recorder has not taken in. */
  get backlog(): number {
    return this.#rows.backlog;
  }

  advance(to: number): void {
    if (!this.#idle) this.#kernel.run(to);
    this.#board.set(this.#thread, "inFlight", this.#client.inFlight);
    this.#board.set(this.#thread, "requestsWaiting", this.#client.waiting);
  }

  stop(): void {
    this.#driver.stop();
  }

  cancel(): void {
    this.#driver.cancel();
  }

  tallies(): readonly Tally[] {
    this.#rows.flushGaps(Math.floor(this.now / 1000));
    const tally = this.#rows.takeTally();
    return tally === undefined ? [] : [tally];
  }

  gauges(): StackGauge[] {
    return this.#stack.gauges();
  }

  close(): void {
    this.#client.close();
    this.#rows.close();
  }
}
