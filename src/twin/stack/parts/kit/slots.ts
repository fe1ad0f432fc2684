import { Fifo, type FifoNode } from "./fifo.ts";

/** A place among those that a limit lets in at once, or in the queue before them. */
export interface Claim {
  /** Takes a place, at once where one is free (`granted` is called before this returns), else in the queue; false where that is full. */
  enter(): boolean;
  /** Gives the place back, or leaves the queue. Safe at any time and more than once. */
  release(): void;
}

/** So many at once, the rest first come, first served. Grants come in the event that freed the place. */
export class Slots {
  readonly limit: number;
  readonly #mostWaiting: number;
  readonly #queue = new Fifo<Place>();
  #running = 0;
  #granting = false;

  /** `limit` and `mostWaiting` may be Infinity. */
  constructor(limit: number, mostWaiting = Number.POSITIVE_INFINITY) {
    this.limit = limit;
    this.#mostWaiting = mostWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  claim(granted: () => void): Claim {
    return new Place(this, granted);
  }

  /** For places only. */
  enter(): boolean {
    if (this.#running >= this.limit || this.#queue.size > 0) return false;
    this.#running++;
    return true;
  }

  /** For places only: undefined where the queue is full. */
  queue(place: Place): FifoNode<Place> | undefined {
    return this.#queue.size < this.#mostWaiting ? this.#queue.push(place) : undefined;
  }

  /** For places only. */
  unqueue(node: FifoNode<Place>): void {
    this.#queue.remove(node);
  }

  /** For places only. */
  leave(): void {
    this.#running--;
    // A granted call may fail at once and free its place again: one loop takes care of all, however long the queue is.
    if (this.#granting) return;
    this.#granting = true;
    while (this.#running < this.limit && this.#queue.first !== undefined) {
      const { first } = this.#queue;
      this.#queue.remove(first);
      this.#running++;
      first.item.grant();
    }
    this.#granting = false;
  }
}

class Place implements Claim {
  readonly #slots: Slots;
  readonly #granted: () => void;
  #node: FifoNode<Place> | undefined;
  #held = false;

  constructor(slots: Slots, granted: () => void) {
    this.#slots = slots;
    this.#granted = granted;
  }

  enter(): boolean {
    if (this.#slots.enter()) {
      this.grant();
      return true;
    }
    this.#node = this.#slots.queue(this);
    return this.#node !== undefined;
  }

  grant(): void {
    this.#node = undefined;
    this.#held = true;
    this.#granted();
  }

  release(): void {
    const [node, held] = [this.#node, this.#held];
    this.#node = undefined;
    this.#held = false;
    if (node !== undefined) this.#slots.unqueue(node);
    if (held) this.#slots.leave();
  }
}
