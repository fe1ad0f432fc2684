import { randomStream } from "../base/index.ts";
import type { Plan, Stage } from "../plan/index.ts";
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
  readonly #seed: number;
  readonly #workload: Workload;
  readonly #pacer: Pacer;
  readonly #worker: number;
  readonly #workers: number;
  readonly #host: ClosedUsersHost;
  readonly #active = new Set<number>();
  readonly #sessionsOf = new Map<number, number>();

  constructor(
    { stages, seed }: Pick<Plan, "stages" | "seed">,
    workload: Workload,
    pacer: Pacer,
    worker: number,
    workers: number,
    host: ClosedUsersHost,
  ) {
    this.#stages = stages.filter((stage) => stage.unit === "users");
    this.#seed = seed;
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
        if (stage.rate === undefined) this.#next(user, due);
        else this.#pacer.at(due + this.#phase(user, due, stage.rate), (at) => this.#resume(user, at));
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
        const when = Math.max(this.#due(session + maxClosedUsers, at, endedAt), endedAt + (failed ? AFTER_FAILURE : 0));
        // Who will not be wanted by then is still there until then: a look in the meantime must not begin its next session at once.
        if (left || !this.#host.running()) this.#active.delete(user);
        else this.#pacer.at(when, () => this.#resume(user, when));
      },
    );
  }

  /** When the user's next session is due: so long after the last one began that all users together keep the stage's rate, else once it has thought. */
  #due(session: number, began: number, endedAt: number): number {
    const rate = this.#stages.find(({ from, duration }) => endedAt >= from && endedAt < from + duration)?.rate;
    if (rate === undefined) return endedAt + this.#workload.pauseBefore(session);
    return Math.max(endedAt, began + this.#interval(endedAt, rate));
  }

  /** ms from one session of a user to its next. */
  #interval(at: number, rate: number): number {
    return (1000 * this.#workload.usersAt(at)) / rate;
  }

  /** Users who come together begin one after another, at random within equal parts of the interval. */
  #phase(user: number, at: number, rate: number): number {
    const place = (user + randomStream(this.#seed, "pace", user).next()) / this.#workload.usersAt(at);
    return place * this.#interval(at, rate);
  }

  #resume(user: number, at: number): void {
    if (user < this.#workload.usersAt(at)) this.#next(user, at);
    else this.#active.delete(user);
  }
}
