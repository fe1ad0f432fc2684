/** A place in a {@link Fifo}. */
export interface FifoNode<T> {
  readonly item: T;
  before: FifoNode<T> | undefined;
  after: FifoNode<T> | undefined;
}

/**
 * A doubly linked list: first, last, and anything in between leave in constant time. (A Set or Map keeps its place in order, too, but walks over
 * all that was deleted since its last growth to find its first entry.)
 */
export class Fifo<T> {
  #first: FifoNode<T> | undefined;
  #last: FifoNode<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): FifoNode<T> | undefined {
    return this.#first;
  }

  push(item: T): FifoNode<T> {
    const node: FifoNode<T> = { item, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = node;
    else this.#last.after = node;
    this.#last = node;
    this.#size++;
    return node;
  }

  /** Of a node that is in this list. */
  remove(node: FifoNode<T>): void {
    if (node.before === undefined) this.#first = node.after;
    else node.before.after = node.after;
    if (node.after === undefined) this.#last = node.before;
    else node.after.before = node.before;
    this.#size--;
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
    this.#size = 0;
  }
}
