import type { Arrival, Workload } from "../workload/index.ts";
import type { Pacer } from "./pacer.ts";

/**
 * Feeds one worker's slice of the open arrivals to the pacer, one ahead of time: the next is drawn when the last has come due, so
 * that memory stays flat however long the run.
 */
export class OpenArrivals {
  readonly #arrivals: IterableIterator<Arrival>;
  readonly #pacer: Pacer;
  readonly #worker: number;
  readonly #workers: number;
  readonly #begin: (arrival: Arrival) => void;

  constructor(workload: Workload, pacer: Pacer, worker: number, workers: number, begin: (arrival: Arrival) => void) {
    this.#arrivals = workload.arrivals();
    this.#pacer = pacer;
    this.#worker = worker;
    this.#workers = workers;
    this.#begin = begin;
  }

  start(): void {
    for (let step = this.#arrivals.next(); step.done !== true; step = this.#arrivals.next()) {
      const arrival = step.value;
      if (arrival.session % this.#workers !== this.#worker) continue;
      this.#pacer.at(arrival.at, () => {
        this.start();
        this.#begin(arrival);
      });
      return;
    }
  }
}
