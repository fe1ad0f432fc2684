import type { Clock } from "../../src/base/index.ts";

interface FakeTimer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** ms that a turn of the event loop takes. */
const TURN = 0.01;

/** A clock and its timers that move only when told; timers run in order of time, each with the clock at its time or later. */
export class FakeTime implements Clock {
  #now = 0;
  #order = 0;
  readonly #timers = new Set<FakeTimer>();

  now(): number {
    return this.#now;
  }

  readonly timers = {
    setTimer: (run: () => void, ms: number): unknown => this.#add(run, this.#now + Math.max(1, ms)),
    soon: (run: () => void): void => {
      this.#add(run, this.#now + TURN);
    },
    clearTimer: (timer: unknown): void => {
      this.#timers.delete(timer as FakeTimer);
    },
  };

  /** Runs what comes due until `to`; the clock ends there. */
  advance(to: number): void {
    for (;;) {
      const next = this.#earliest();
      if (next === undefined || next.at > to) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = Math.max(this.#now, to);
  }

  /** Lets time pass while nothing can run: a busy event loop. */
  busy(ms: number): void {
    this.#now += ms;
  }

  #add(run: () => void, at: number): FakeTimer {
    const timer = { at, order: this.#order++, run };
    this.#timers.add(timer);
    return timer;
  }

  #earliest(): FakeTimer | undefined {
    let found: FakeTimer | undefined;
    for (const timer of this.#timers) {
      if (found === undefined || timer.at < found.at || (timer.at === found.at && timer.order < found.order))
        found = timer;
    }
    return found;
  }
}
