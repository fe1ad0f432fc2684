import { Fifo, type FifoNode } from "./fifo.ts";

/** A map that forgets what was longest not used once it holds more than `size` entries. */
export class Lru<K, V> {
  readonly #nodes = new Map<K, FifoNode<{ readonly key: K; readonly value: V }>>();
  /** Least recently used first. */
  readonly #order = new Fifo<{ readonly key: K; readonly value: V }>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get size(): number {
    return this.#order.size;
  }

  /** Looks without using. */
  peek(key: K): V | undefined {
    return this.#nodes.get(key)?.item.value;
  }

  get(key: K): V | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    this.#order.remove(node);
    this.#nodes.set(key, this.#order.push(node.item));
    return node.item.value;
  }

  /** Returns what it forgot for this entry: the key's former value, or the oldest. */
  set(key: K, value: V): V | undefined {
    const former = this.delete(key);
    this.#nodes.set(key, this.#order.push({ key, value }));
    return former !== undefined || this.#order.size <= this.#size ? former : this.dropOldest();
  }

  delete(key: K): V | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    this.#nodes.delete(key);
    this.#order.remove(node);
    return node.item.value;
  }

  dropOldest(): V | undefined {
    const oldest = this.#order.first;
    return oldest && this.delete(oldest.item.key);
  }

  clear(): void {
    this.#nodes.clear();
    this.#order.clear();
  }
}
