import type { KernelTimers } from "../../src/twin/stack/index.ts";

/** What a turn of the event loop takes, ms. */
const TURN = 0.05;

/** A clock and timers that move only when told; a turn of its event loop takes a little time, and work what it says. */
export class Machine implements KernelTimers {
  #time = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];
  #soon: (() => void)[] = [];
  turns = 0;

  readonly clock = { now: () => this.#time };

  setTimer(run: () => void, ms: number): () => void {
    const timer = { at: this.#time + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  get armed(): number {
    return this.#timers.length;
  }

  /** Time passes while work is done. */
  spend(ms: number): void {
    this.#time += ms;
  }

  /** Runs timers as they come due, each at the earliest when the machine is free again, up to `until`. */
  run(until: number): void {
    for (;;) {
      const soon = this.#soon.shift();
      if (soon) {
        this.turns++;
        this.#time += TURN;
        soon();
        continue;
      }
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#time = Math.max(this.#time, next.at);
      next.run();
    }
    this.#time = Math.max(this.#time, until);
  }
}
