import { pushTimed, shiftTimed, type Timed } from "./timed-heap.ts";

/**
 * A queue of (time, item), earliest first; equal times leave in the order in which they came, so that a run is the same run
 * twice.
 */
export class DeadlineQueue<T> {
  readonly #heap: (Timed & { readonly item: T })[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Time of the earliest; Infinity when empty. */
  get next(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  push(at: number, item: T): void {
    pushTimed(this.#heap, { at, order: this.#order++, item });
  }

  /** The earliest item if its time is not after `now`. */
  popDue(now: number): T | undefined {
    return this.next > now ? undefined : shiftTimed(this.#heap)?.item;
  }

  clear(): T[] {
    return this.#heap.splice(0).map((entry) => entry.item);
  }
}
