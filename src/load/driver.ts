import type { Clock } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";
import type { ChatMessage, Client } from "../protocols/index.ts";
import type { Workload } from "../workload/index.ts";
import type { Board } from "./board.ts";
import { ClosedUsers } from "./closed-users.ts";
import type { HookRunner } from "./hook-runner.ts";
import { OpenArrivals } from "./open-arrivals.ts";
import type { Pacer } from "./pacer.ts";
import type { RowWriter } from "./row-writer.ts";
import type { Session } from "./session.ts";
import type { SessionHost } from "./session-host.ts";
import { StageClock } from "./stage-clock.ts";
import { writeUnsent } from "./unsent.ts";
import { beginVisit, type Return, type VisitsHost } from "./visits.ts";

/** What one worker drives its slice of the load with. */
export interface DriverParts {
  readonly plan: Plan;
  readonly workload: Workload;
  readonly client: Client;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly board: Board;
  readonly rows: RowWriter;
  readonly worker: number;
  readonly workers: number;
  /** The plan's hooks. */
  readonly hooks?: HookRunner | undefined;
  /** Which open sessions are this worker's; left out: `session % workers`. */
  readonly owns?: (session: number) => boolean;
}

/** A user who is due: the process calls for it, or it comes back. */
interface Due {
  readonly session: number;
  readonly at: number;
  readonly came?: number | undefined;
  readonly before?: readonly ChatMessage[] | undefined;
  readonly returned?: true;
}

/**
 * One worker's share of a run: starts sessions when they are due, and ends them. A session belongs to the worker
 * `session % workers` in open stages and `user % workers` in closed ones, so dealing needs no messages.
 */
export class LoadDriver {
  readonly #parts: DriverParts;
  readonly #host: SessionHost;
  readonly #stages: StageClock;
  readonly #open = new Set<Session>();
  readonly #waiting: Due[] = [];
  readonly #visits: VisitsHost;
  readonly #userCap: number;
  #openRunning = 0;
  #phase: "running" | "draining" | "stopped" = "running";
  #onIdle: (() => void) | undefined;

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#stages = new StageClock(parts.plan.stages);
    this.#userCap = shareOf(parts.plan.workload.maxUsers, parts.worker, parts.workers);
    this.#host = {
      ...parts,
      stages: this.#stages,
      mayStart: (at) => this.#phase !== "stopped" && at < this.#stages.end,
      claimRequest: () => {
        const limit = parts.plan.budget.requests;
        if (limit === undefined || parts.board.claimRequest(limit)) return true;
        this.stop();
        return false;
      },
    };
    this.#visits = {
      sessions: this.#host,
      workload: parts.workload,
      began: (session) => {
        this.#open.add(session);
        parts.board.add(parts.worker, "sessionsStarted", 1);
        parts.board.set(parts.worker, "sessionsOpen", this.#open.size);
      },
      ended: (session) => {
        this.#open.delete(session);
        parts.board.add(parts.worker, "sessionsEnded", 1);
        parts.board.set(parts.worker, "sessionsOpen", this.#open.size);
      },
      returns: (visit) => this.#returns(visit),
    };
  }

  /** Schedules everything; nothing is sent before the clock reaches its time. */
  start(): void {
    const { pacer, workload, worker, workers } = this.#parts;
    const owns = this.#parts.owns ?? ((session) => session % workers === worker);
    new OpenArrivals(workload, pacer, owns, (arrival) => this.#due(arrival)).start();
    new ClosedUsers(this.#parts.plan, workload, pacer, worker, workers, {
      begin: (session, at, leave, ended) => this.#begin({ session, scheduledAt: at, dueAt: at, leave }, ended),
      running: () => this.#phase === "running",
    }).start();
    pacer.at(this.#stages.end, () => this.#drain());
  }

  /** No new sessions and no new turns; answers under way go on. Sessions that wait for a free user are over, with the wait so far. */
  stop(): void {
    if (this.#phase === "stopped") return;
    this.#drain();
    this.#phase = "stopped";
    this.#giveUp();
    this.#checkIdle();
  }

  /** Ends every attempt that is still open. */
  cancel(): void {
    this.stop();
    for (const session of [...this.#open]) session.cancel();
  }

  /** The plan is over: what was due in its time still goes on, a session that waits for a free user included. */
  #drain(): void {
    if (this.#phase !== "running") return;
    this.#phase = "draining";
    this.#parts.pacer.clear();
    for (const session of [...this.#open]) session.stop();
    this.#checkIdle();
  }

  /** The sessions that still wait for a free user never get to ask. */
  #giveUp(): void {
    for (const { session, at, came = at } of this.#waiting.splice(0)) {
      const script = this.#parts.workload.session(session, { came, at });
      const turn = script.turns[0];
      if (turn !== undefined) writeUnsent(this.#host, { script, index: 0, turn, agent: 0, step: 0 }, at);
    }
    this.#parts.board.set(this.#parts.worker, "sessionsQueued", 0);
  }

  /** Calls back once the driver has stopped and its last session has ended. */
  onIdle(callback: () => void): void {
    this.#onIdle = callback;
    this.#checkIdle();
  }

  #due(due: Due): void {
    if (this.#phase === "stopped") return;
    const { board, worker } = this.#parts;
    if (due.returned === undefined) board.add(worker, "sessionsDue", 1);
    if (this.#openRunning < this.#userCap) {
      this.#openRunning++;
      this.#start(due, due.at);
    } else {
      this.#waiting.push(due);
      board.set(worker, "sessionsQueued", this.#waiting.length);
    }
  }

  /** Users who come back are no part of what the arrival process asks for. */
  #start({ session, at, came, before, returned }: Due, dueAt: number): void {
    const { board, worker } = this.#parts;
    if (returned === undefined) board.add(worker, "openSessionsStarted", 1);
    this.#begin({ session, scheduledAt: at, dueAt, came, before }, this.#openEnded);
  }

  readonly #openEnded = (): void => {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#openRunning--;
      return;
    }
    this.#parts.board.set(this.#parts.worker, "sessionsQueued", this.#waiting.length);
    this.#start(next, this.#parts.clock.now());
  };

  #returns({ session, at, came, before }: Return): void {
    if (this.#phase !== "running" || !this.#host.mayStart(at)) return;
    this.#parts.pacer.at(at, () => this.#due({ session, at, came, before, returned: true }));
  }

  #begin(visit: Parameters<typeof beginVisit>[1], over: (at: number, failed: boolean) => void): void {
    beginVisit(this.#visits, visit, (at, failed) => {
      over(at, failed);
      this.#checkIdle();
    });
  }

  #checkIdle(): void {
    if (this.#phase !== "running" && this.#open.size === 0 && this.#waiting.length === 0) {
      this.#onIdle?.();
      this.#onIdle = undefined;
    }
  }
}

/** A cap over all workers, dealt out as evenly as whole numbers allow. */
export function shareOf(total: number | undefined, worker: number, workers: number): number {
  return total === undefined ? Number.POSITIVE_INFINITY : Math.floor((total + workers - 1 - worker) / workers);
}
