/** Numbers that come one by one, and are wanted in order. */
export class Ascending {
  #values = new Float64Array(16);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Float64Array(2 * this.#length);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length++] = value;
  }

  /** Sorts in place: nothing may be added afterwards. */
  sorted(): Float64Array {
    return this.#values.subarray(0, this.#length).sort();
  }
}
