import type { Sequence } from "./sequence.ts";

/** Decoding sequences by the step that ends them, then by rank. Members know their place, so that one can leave from the middle. */
export class FinishHeap {
  private readonly heap: Sequence[] = [];

  /** Step of the next finish; Infinity where nobody decodes. */
  get next(): number {
    return this.heap[0]?.finishAt ?? Number.POSITIVE_INFINITY;
  }

  get top(): Sequence | undefined {
    return this.heap[0];
  }

  push(s: Sequence): void {
    this.heap.push(s);
    this.rise(s, this.heap.length - 1);
  }

  remove(s: Sequence): void {
    const place = s.heapIndex;
    const last = this.heap.pop();
    s.heapIndex = -1;
    if (last === undefined || last === s) return;
    this.sink(last, place);
    this.rise(last, last.heapIndex);
  }

  private rise(s: Sequence, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = this.heap[(place - 1) >> 1];
      if (parent === undefined || !isBefore(s, parent)) break;
      this.put(parent, place);
      place = (place - 1) >> 1;
    }
    this.put(s, place);
  }

  private sink(s: Sequence, from: number): void {
    let place = from;
    for (;;) {
      const left = this.heap[2 * place + 1];
      if (left === undefined) break;
      const right = this.heap[2 * place + 2];
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, s)) break;
      const childPlace = child === left ? 2 * place + 1 : 2 * place + 2;
      this.put(child, place);
      place = childPlace;
    }
    this.put(s, place);
  }

  private put(s: Sequence, place: number): void {
    this.heap[place] = s;
    s.heapIndex = place;
  }
}

function isBefore(a: Sequence, b: Sequence): boolean {
  return a.finishAt < b.finishAt || (a.finishAt === b.finishAt && a.rank < b.rank);
}
