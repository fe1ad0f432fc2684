import { pushTimed, shiftTimed, type Timed } from "../../base/index.ts";
import type { Timer } from "./types.ts";

/** An event of a kernel; it is its own timer. */
export class KernelEvent implements Timer, Timed {
  readonly at: number;
  readonly order: number;
  /** Undefined once it ran or was cancelled. */
  run: (() => void) | undefined;
  readonly background: boolean;
  readonly #heap: EventHeap;

  constructor(at: number, order: number, run: () => void, background: boolean, heap: EventHeap) {
    this.at = at;
    this.order = order;
    this.run = run;
    this.background = background;
    this.#heap = heap;
  }

  cancel(): void {
    if (this.run === undefined) return;
    this.run = undefined;
    this.#heap.buried(this);
  }
}

/** Cancelled events stay in the heap until they are the earliest, or until they are most of it. */
const FEW_DEAD = 1024;

/** Events, earliest first; equal times leave in the order of their asking. Unlike a DeadlineQueue it lets go of what is cancelled. */
export class EventHeap {
  #heap: KernelEvent[] = [];
  #order = 0;
  #dead = 0;
  #background = 0;

  /** Events that may still run. */
  get size(): number {
    return this.#heap.length - this.#dead;
  }

  /** Of those, the ones that are not in the background. */
  get foreground(): number {
    return this.size - this.#background;
  }

  push(at: number, run: () => void, background = false): KernelEvent {
    const event = new KernelEvent(at, this.#order++, run, background, this);
    if (background) this.#background++;
    pushTimed(this.#heap, event);
    return event;
  }

  /** The earliest event that may still run. */
  peek(): KernelEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.run !== undefined) return first;
      this.#dead--;
      shiftTimed(this.#heap);
    }
  }

  /** Takes the earliest event out if its time is not after `until`. */
  pop(until: number): KernelEvent | undefined {
    const first = this.peek();
    if (first === undefined || first.at > until) return undefined;
    shiftTimed(this.#heap);
    if (first.background) this.#background--;
    return first;
  }

  clear(): void {
    for (const event of this.#heap) event.run = undefined;
    this.#heap = [];
    this.#dead = 0;
    this.#background = 0;
  }

  /** For events only: this one was cancelled. */
  buried(event: KernelEvent): void {
    if (event.background) this.#background--;
    this.#dead++;
    if (this.#dead < FEW_DEAD || this.#dead * 2 < this.#heap.length) return;
    const alive = this.#heap.filter((event) => event.run !== undefined);
    this.#dead = 0;
    this.#heap = alive;
    // A sorted array is a heap.
    alive.sort((a, b) => a.at - b.at || a.order - b.order);
  }
}
