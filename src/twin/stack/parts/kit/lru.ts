/** A map that forgets what was longest not used once it holds more than `size` entries. */
export class Lru<K, V> {
  readonly #map = new Map<K, V>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get size(): number {
    return this.#map.size;
  }

  /** Looks without using. */
  peek(key: K): V | undefined {
    return this.#map.get(key);
  }

  get(key: K): V | undefined {
    const value = this.#map.get(key);
    if (value === undefined) return undefined;
    this.#map.delete(key);
    this.#map.set(key, value);
    return value;
  }

  /** Returns what it forgot for this entry: the key's former value, or the oldest. */
  set(key: K, value: V): V | undefined {
    const former = this.#map.get(key);
    this.#map.delete(key);
    this.#map.set(key, value);
    if (former !== undefined || this.#map.size <= this.#size) return former;
    return this.dropOldest();
  }

  delete(key: K): V | undefined {
    const value = this.#map.get(key);
    this.#map.delete(key);
    return value;
  }

  dropOldest(): V | undefined {
    for (const key of this.#map.keys()) return this.delete(key);
    return undefined;
  }

  clear(): void {
    this.#map.clear();
  }

  /** Most recently used last. */
  values(): IterableIterator<V> {
    return this.#map.values();
  }
}
