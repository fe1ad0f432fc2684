import { type Clock, DeadlineQueue, nodeTimers, type TimerHost } from "../base/index.ts";

/** Something to do at an absolute time; `due` is that time, however late it is called. */
export type Task = (due: number) => void;

/** Runs tasks at absolute times of the run's clock, in their order; the times are real or virtual. */
export interface Pacer {
  at(due: number, run: Task): void;
  /** Forgets everything that has not run. */
  clear(): void;
}

/** Tasks run in one go before the sockets get their turn: more would make stamps late, fewer would make starts late. */
const BATCH = 64;

/**
 * Runs tasks at absolute times on one timer. Deadlines never move when the pacer is late: what has come due meanwhile runs at
 * once, in order, each told its own time. A timer of Node fires on whole milliseconds, so it is asked for the next whole one:
 * the lag of an idle machine lies between 0 and about 1.1 ms.
 */
export class TimerPacer implements Pacer {
  readonly #queue = new DeadlineQueue<{ readonly due: number; readonly run: Task }>();
  readonly #clock: Clock;
  readonly #timers: TimerHost;
  #timer: unknown;
  #timerAt = Number.POSITIVE_INFINITY;
  #running = false;

  constructor(clock: Clock, timers: TimerHost = nodeTimers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  get pending(): number {
    return this.#queue.size;
  }

  now(): number {
    return this.#clock.now();
  }

  at(due: number, run: Task): void {
    this.#queue.push(due, { due, run });
    if (!this.#running) this.#arm();
  }

  /** Forgets everything that has not run. */
  clear(): void {
    this.#queue.clear();
    this.#disarm();
  }

  #arm(): void {
    const next = this.#queue.next;
    if (next === Number.POSITIVE_INFINITY || next >= this.#timerAt) return;
    this.#disarm();
    this.#timerAt = next;
    const wait = next - this.#clock.now();
    // What is due already must not wait for the millisecond that the shortest timer takes.
    if (wait <= 0) this.#timers.soon(this.#fire);
    else this.#timer = this.#timers.setTimer(this.#fire, Math.min(2 ** 30, Math.ceil(wait)));
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#timers.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  readonly #fire = (): void => {
    this.#disarm();
    this.#running = true;
    try {
      // Tasks may take time and add tasks: read the clock anew for each, so that what comes due meanwhile runs now.
      for (let i = 0; i < BATCH; i++) {
        const task = this.#queue.popDue(this.#clock.now());
        if (task === undefined) break;
        task.run(task.due);
      }
    } finally {
      this.#running = false;
      this.#arm();
    }
  };
}
