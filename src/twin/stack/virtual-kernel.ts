import { EventHeap } from "./event-heap.ts";
import type { Kernel, Timer } from "./types.ts";

/** Virtual time: each event runs as soon as the one before it is done, and time is where the events are. */
export class VirtualKernel implements Kernel {
  readonly #heap = new EventHeap();
  #now: number;
  #stopped = false;

  constructor(start = 0) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  /** Time of the next event; Infinity where there is none. */
  get nextAt(): number {
    return this.#heap.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Events that wait. */
  get pending(): number {
    return this.#heap.size;
  }

  at(time: number, run: () => void, background?: "background"): Timer {
    if (Number.isNaN(time)) throw new RangeError("an event needs a time");
    return this.#heap.push(Math.max(time, this.#now), run, background !== undefined);
  }

  /**
   * Runs every event up to and including `until`, and those that they ask for; returns how many ran. Afterwards it is `until`, where that is
   * finite and nothing stopped the run. Without an `until` it ends where only background events are left.
   */
  run(until = Number.POSITIVE_INFINITY): number {
    this.#stopped = false;
    let ran = 0;
    const endless = until === Number.POSITIVE_INFINITY;
    while (!this.#stopped && !(endless && this.#heap.foreground === 0)) {
      const event = this.#heap.pop(until);
      if (event === undefined) {
        if (until > this.#now) this.#now = until;
        break;
      }
      const { run } = event;
      event.run = undefined;
      this.#now = event.at;
      ran++;
      run?.();
    }
    return ran;
  }

  /** Ends `run` after the event that is being handled; what waits stays. */
  stop(): void {
    this.#stopped = true;
  }
}
