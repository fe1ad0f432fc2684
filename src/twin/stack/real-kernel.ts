import type { Clock } from "../../base/index.ts";
import { Histogram } from "../../stats/index.ts";
import { EventHeap } from "./event-heap.ts";
import type { Kernel, Timer } from "./types.ts";

/** The part of the timer interface that a kernel needs. */
export interface KernelTimers {
  /** Runs once after `ms`; returns what calls it off. */
  setTimer(run: () => void, ms: number): () => void;
  /** After the sockets had their turn. */
  soon(run: () => void): void;
}

export const nodeKernelTimers: KernelTimers = {
  setTimer(run, ms) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  soon: (run) => {
    setImmediate(run);
  },
};

/** Events handled in one go before the sockets get their turn. */
const BATCH = 64;
const LONGEST_TIMER = 0x7fffffff;

/**
 * Real time: one heap and one timer on absolute deadlines. Events run in the order of their times and are told their own time, so that
 * lateness never enters the model; it is measured instead. A timer of Node fires on whole milliseconds, so it is asked for the last one before the
 * deadline, and the rest of that millisecond is waited out turn by turn of the event loop, sockets served meanwhile.
 */
export class RealKernel implements Kernel {
  readonly epoch: number;
  readonly #heap = new EventHeap();
  readonly #clock: Clock;
  readonly #timers: KernelTimers;
  readonly #lateness = new Histogram();
  #now: number;
  #callOff: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #pumping = false;
  /** Why the next turn of the event loop is asked for: events are due already, or the next one is within a millisecond. */
  #turn: "none" | "behind" | "near" = "none";
  #closed = false;
  #worst = 0;

  constructor(clock: Clock, timers: KernelTimers = nodeKernelTimers, epoch = Date.now() - clock.now()) {
    this.epoch = epoch;
    this.#clock = clock;
    this.#timers = timers;
    this.#now = clock.now();
  }

  get now(): number {
    return this.#now;
  }

  /** Events that wait. */
  get pending(): number {
    return this.#heap.size;
  }

  /** Actual minus due time, ms, of every event that was asked for ahead of its time. */
  get lateness(): Histogram {
    return this.#lateness;
  }

  /** The worst lateness since the last call, ms. */
  takeWorst(): number {
    const worst = this.#worst;
    this.#worst = 0;
    return worst;
  }

  at(time: number, run: () => void): Timer {
    if (Number.isNaN(time)) throw new RangeError("an event needs a time");
    const ahead = time > this.#now;
    const due = ahead ? time : this.#now;
    const event = this.#heap.push(due, ahead ? () => this.#timed(due, run) : run);
    this.#arm();
    return event;
  }

  /**
   * Something that happens now, from outside (a request came, a caller left), or that happened at `at` and took until now to be read. It runs when
   * every event due before it has run: at once, unless the kernel is behind.
   */
  post(run: () => void, at = this.#clock.now()): void {
    this.#heap.push(Math.max(at, this.#now), run);
    if (!this.#pumping && this.#turn !== "behind") this.#pump();
  }

  /** Forgets every event and runs no more. */
  close(): void {
    this.#closed = true;
    this.#heap.clear();
    this.#disarm();
  }

  #timed(due: number, run: () => void): void {
    const late = this.#clock.now() - due;
    this.#lateness.record(late);
    if (late > this.#worst) this.#worst = late;
    run();
  }

  #pump(): void {
    this.#pumping = true;
    let behind = false;
    try {
      for (let handled = 0; ; handled++) {
        const until = this.#clock.now();
        if (handled === BATCH) {
          behind = (this.#heap.peek()?.at ?? Number.POSITIVE_INFINITY) <= until;
          break;
        }
        const event = this.#heap.pop(until);
        if (event === undefined) break;
        const { run } = event;
        event.run = undefined;
        if (event.at > this.#now) this.#now = event.at;
        run?.();
      }
    } finally {
      this.#pumping = false;
      if (behind) this.#nextTurn("behind");
      else this.#arm();
    }
  }

  #nextTurn(why: "behind" | "near"): void {
    const isAsked = this.#turn !== "none";
    this.#turn = why;
    if (isAsked) return;
    this.#disarm();
    this.#timers.soon(() => {
      this.#turn = "none";
      if (!this.#closed) this.#pump();
    });
  }

  #arm(): void {
    if (this.#pumping || this.#turn !== "none" || this.#closed) return;
    const next = this.#heap.peek()?.at ?? Number.POSITIVE_INFINITY;
    if (next === this.#timerAt) return;
    this.#disarm();
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = Math.floor(next - this.#clock.now());
    if (wait <= 0) {
      this.#nextTurn("near");
      return;
    }
    this.#timerAt = next;
    this.#callOff = this.#timers.setTimer(
      () => {
        this.#callOff = undefined;
        this.#timerAt = Number.POSITIVE_INFINITY;
        this.#pump();
      },
      Math.min(LONGEST_TIMER, wait),
    );
  }

  #disarm(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }
}
