import type { Clock } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Client } from "../protocols/index.ts";
import type { Arrival, Workload } from "../workload/index.ts";
import type { Board } from "./board.ts";
import { ClosedUsers } from "./closed-users.ts";
import { OpenArrivals } from "./open-arrivals.ts";
import type { Pacer } from "./pacer.ts";
import type { RowWriter } from "./row-writer.ts";
import { Session } from "./session.ts";
import type { SessionHost } from "./session-host.ts";
import { StageClock } from "./stage-clock.ts";
import { writeUnsent } from "./unsent.ts";

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
  /** Which open sessions are this worker's; left out: `session % workers`. */
  readonly owns?: (session: number) => boolean;
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
  readonly #waiting: Arrival[] = [];
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
  }

  /** Schedules everything; nothing is sent before the clock reaches its time. */
  start(): void {
    const { pacer, workload, worker, workers } = this.#parts;
    const owns = this.#parts.owns ?? ((session) => session % workers === worker);
    new OpenArrivals(workload, pacer, owns, (arrival) => this.#due(arrival)).start();
    new ClosedUsers(this.#parts.plan.stages, workload, pacer, worker, workers, {
      begin: (session, at, leave, ended) => this.#begin(session, at, at, ended, leave),
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
    for (const { session, at } of this.#waiting.splice(0)) {
      writeUnsent(this.#host, this.#parts.workload.session(session), 0, at);
    }
    this.#parts.board.set(this.#parts.worker, "sessionsQueued", 0);
  }

  /** Calls back once the driver has stopped and its last session has ended. */
  onIdle(callback: () => void): void {
    this.#onIdle = callback;
    this.#checkIdle();
  }

  #due(arrival: Arrival): void {
    if (this.#phase === "stopped") return;
    const { board, worker } = this.#parts;
    board.add(worker, "sessionsDue", 1);
    if (this.#openRunning < this.#userCap) {
      this.#openRunning++;
      board.add(worker, "openSessionsStarted", 1);
      this.#begin(arrival.session, arrival.at, arrival.at, this.#openEnded);
    } else {
      this.#waiting.push(arrival);
      board.set(worker, "sessionsQueued", this.#waiting.length);
    }
  }

  readonly #openEnded = (): void => {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#openRunning--;
      return;
    }
    this.#parts.board.set(this.#parts.worker, "sessionsQueued", this.#waiting.length);
    this.#parts.board.add(this.#parts.worker, "openSessionsStarted", 1);
    this.#begin(next.session, next.at, this.#parts.clock.now(), this.#openEnded);
  };

  #begin(
    number: number,
    scheduledAt: number,
    dueAt: number,
    ended: (at: number, failed: boolean) => void,
    leave?: (at: number) => boolean,
  ): void {
    const { board, worker, workload } = this.#parts;
    const session = new Session(this.#host, workload.session(number), leave, (at, failed) => {
      this.#open.delete(session);
      board.add(worker, "sessionsEnded", 1);
      board.set(worker, "sessionsOpen", this.#open.size);
      ended(at, failed);
      this.#checkIdle();
    });
    this.#open.add(session);
    board.add(worker, "sessionsStarted", 1);
    board.set(worker, "sessionsOpen", this.#open.size);
    session.begin(scheduledAt, dueAt);
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
