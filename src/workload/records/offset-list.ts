/** Where records are in a file: a list that grows, 24 bytes each. */
export class OffsetList {
  #numbers = new Float64Array(3 * 1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(offset: number, length: number, line: number): void {
    const at = 3 * this.#size++;
    if (at === this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = offset;
    this.#numbers[at + 1] = length;
    this.#numbers[at + 2] = line;
  }

  at(index: number): { readonly offset: number; readonly length: number; readonly line: number } {
    const at = 3 * index;
    const [offset = 0, length = 0, line = 0] = this.#numbers.subarray(at, at + 3);
    return { offset, length, line };
  }
}
