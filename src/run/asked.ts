import type { Arrival, Workload } from "../workload/index.ts";

/**
 * Counts the open sessions whose intended time has come, from the conductor's own copy of the arrival process: what workers that are
 * late or dead have to be held against.
 */
export class AskedSessions {
  readonly #arrivals: IterableIterator<Arrival>;
  #next: Arrival | undefined;
  #count = 0;

  constructor(workload: Workload) {
    this.#arrivals = workload.arrivals();
    this.#draw();
  }

  /** Sessions intended up to and including `now`; times asked for must not go back. */
  by(now: number): number {
    while (this.#next !== undefined && this.#next.at <= now) {
      this.#count++;
      this.#draw();
    }
    return this.#count;
  }

  #draw(): void {
    const step = this.#arrivals.next();
    this.#next = step.done === true ? undefined : step.value;
  }
}
