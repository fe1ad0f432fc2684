/** A place among those that a limit lets in at once, or in the queue before them. */
export interface Claim {
  /** Takes a place, at once where one is free (`granted` is called before this returns), else in the queue; false where that is full. */
  enter(): boolean;
  /** Gives the place back, or leaves the queue. Safe at any time and more than once. */
  release(): void;
}

type State = "new" | "waiting" | "held" | "over";

/** So many at once, the rest first come, first served. Grants come in the event that freed the place. */
export class Slots {
  readonly limit: number;
  readonly #mostWaiting: number;
  readonly #queue = new Set<Place>();
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
  enter(place: Place): State {
    if (this.#running < this.limit && this.#queue.size === 0) {
      this.#running++;
      return "held";
    }
    if (this.#queue.size >= this.#mostWaiting) return "over";
    this.#queue.add(place);
    return "waiting";
  }

  /** For places only. */
  leave(place: Place, state: State): void {
    if (state === "waiting") this.#queue.delete(place);
    if (state !== "held") return;
    this.#running--;
    // A granted call may fail at once and free its place again: one loop takes care of all, however long the queue is.
    if (this.#granting) return;
    this.#granting = true;
    for (const next of this.#queue) {
      if (this.#running >= this.limit) break;
      this.#queue.delete(next);
      this.#running++;
      next.grant();
    }
    this.#granting = false;
  }
}

class Place implements Claim {
  readonly #slots: Slots;
  readonly #granted: () => void;
  #state: State = "new";

  constructor(slots: Slots, granted: () => void) {
    this.#slots = slots;
    this.#granted = granted;
  }

  enter(): boolean {
    const state = this.#slots.enter(this);
    this.#state = state;
    if (state === "held") this.#granted();
    return state !== "over";
  }

  grant(): void {
    this.#state = "held";
    this.#granted();
  }

  release(): void {
    const state = this.#state;
    this.#state = "over";
    this.#slots.leave(this, state);
  }
}
