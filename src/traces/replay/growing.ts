const FIRST_SIZE = 1024;

/** Numbers in one typed array that grows. */
export class Growing {
  #values = new Float64Array(FIRST_SIZE);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** A copy that is as long as it is full. */
  array(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}
