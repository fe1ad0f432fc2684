import { pushTimed, shiftTimed } from "../base/index.ts";

/** ms by which a line may come too late: logs that several machines wrote are out of order by a little. */
const HORIZON = 60_000;

interface Kept<R> {
  readonly at: number;
  readonly order: number;
  readonly row: R;
}

/** Puts rows that are nearly in order of time into order; what it keeps is a minute of them. */
export class Reorder<R extends { readonly at: number }> {
  readonly #each: (row: R) => boolean;
  readonly #heap: Kept<R>[] = [];
  #order = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #wanted = true;

  /** `each` says false when it wants no more. */
  constructor(each: (row: R) => boolean) {
    this.#each = each;
  }

  /** How many ms too late the row is for its place; 0 where it found it. */
  push(row: R): number {
    const { at } = row;
    if (at < this.#newest - HORIZON) return this.#newest - at;
    this.#newest = Math.max(this.#newest, at);
    // Rows in order need no heap: nothing kept is later than the newest.
    pushTimed(this.#heap, { at, order: this.#order++, row });
    this.#release(this.#newest - HORIZON);
    return 0;
  }

  /** Whether more rows are wanted. */
  get wanted(): boolean {
    return this.#wanted;
  }

  end(): void {
    this.#release(Number.POSITIVE_INFINITY);
  }

  #release(before: number): void {
    for (let first = this.#heap[0]; this.#wanted && first !== undefined && first.at <= before; first = this.#heap[0]) {
      shiftTimed(this.#heap);
      this.#wanted = this.#each(first.row);
    }
  }
}
