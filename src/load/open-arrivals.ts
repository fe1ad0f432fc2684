import type { Arrival, Workload } from "../workload/index.ts";
import type { Pacer } from "./pacer.ts";

/**
 * Feeds one worker's slice of the open arrivals to the pacer, one ahead of time: the next is drawn when the last has come due, so
 * that memory stays flat however long the run.
 */
export class OpenArrivals {
  readonly #arrivals: IterableIterator<Arrival>;
  readonly #pacer: Pacer;
  readonly #owns: (session: number) => boolean;
  readonly #begin: (arrival: Arrival) => void;

  constructor(workload: Workload, pacer: Pacer, owns: (session: number) => boolean, begin: (arrival: Arrival) => void) {
    this.#arrivals = workload.arrivals();
    this.#pacer = pacer;
    this.#owns = owns;
    this.#begin = begin;
  }

  start(): void {
    for (let step = this.#arrivals.next(); step.done !== true; step = this.#arrivals.next()) {
      const arrival = step.value;
      if (!this.#owns(arrival.session)) continue;
      this.#pacer.at(arrival.at, () => {
        this.start();
        this.#begin(arrival);
      });
      return;
    }
  }
}
