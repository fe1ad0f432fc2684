import type { Stage } from "../plan/index.ts";
import type { Workload } from "../workload/index.ts";
import type { Pacer } from "./pacer.ts";

/** How often (ms) the wanted number of users is looked at while it changes; a fixed grid, so that times are the plan's own. */
const GRID = 50;

/** ms before a user whose session ended in a failure begins another: people do not hammer a broken page sixty times a second. */
const AFTER_FAILURE = 1000;

export interface ClosedUsersHost {
  /** Begins a session; it asks `leave` before each turn, and calls `ended` when it is over, with the time of its last answer's end. */
  begin(
    session: number,
    at: number,
    leave: (at: number) => boolean,
    ended: (at: number, failed: boolean) => void,
  ): void;
  running(): boolean;
}

/**
 * The users of closed stages: user u is there while the plan wants more than u users, and has one session after another. A user who
 * is no longer wanted leaves after the answer under way.
 */
export class ClosedUsers {
  readonly #stages: readonly Stage[];
  readonly #workload: Workload;
  readonly #pacer: Pacer;
  readonly #worker: number;
  readonly #workers: number;
  readonly #host: ClosedUsersHost;
  readonly #active = new Set<number>();
  readonly #sessionsOf = new Map<number, number>();

  constructor(
    stages: readonly Stage[],
    workload: Workload,
    pacer: Pacer,
    worker: number,
    workers: number,
    host: ClosedUsersHost,
  ) {
    this.#stages = stages.filter((stage) => stage.unit === "users");
    this.#workload = workload;
    this.#pacer = pacer;
    this.#worker = worker;
    this.#workers = workers;
    this.#host = host;
  }

  start(): void {
    for (const stage of this.#stages) this.#pacer.at(stage.from, (due) => this.#look(stage, due));
  }

  #look(stage: Stage, due: number): void {
    const wanted = this.#workload.usersAt(due);
    for (let user = this.#worker; user < wanted; user += this.#workers) {
      if (!this.#active.has(user)) {
        this.#active.add(user);
        this.#next(user, due);
      }
    }
    const next = due + GRID;
    if (next < stage.from + stage.duration) this.#pacer.at(next, (at) => this.#look(stage, at));
  }

  #next(user: number, at: number): void {
    const count = this.#sessionsOf.get(user) ?? 0;
    this.#sessionsOf.set(user, count + 1);
    const { firstClosedSession, maxClosedUsers } = this.#workload;
    const session = firstClosedSession + count * maxClosedUsers + user;
    const wanted = (time: number): boolean => user < this.#workload.usersAt(time);
    let left = false;
    this.#host.begin(
      session,
      at,
      (time) => {
        left = !wanted(time);
        return left;
      },
      (endedAt, failed) => {
        const think = this.#workload.pauseBefore(session + maxClosedUsers);
        const again = failed ? Math.max(think, AFTER_FAILURE) : think;
        const when = endedAt + again;
        // Who left between two questions is noticed at the second, and begins nothing in the meantime.
        if (left || !this.#host.running() || !wanted(when)) this.#active.delete(user);
        else this.#pacer.at(when, () => this.#resume(user, when));
      },
    );
  }

  #resume(user: number, at: number): void {
    if (user < this.#workload.usersAt(at)) this.#next(user, at);
    else this.#active.delete(user);
  }
}
