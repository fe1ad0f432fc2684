import type { Sequence } from "./sequence.ts";

/** Doubly linked through the sequences themselves: order kept, any member removed in constant time, nothing allocated. */
export class SequenceList {
  head: Sequence | undefined = undefined;
  tail: Sequence | undefined = undefined;
  size = 0;

  append(s: Sequence): void {
    this.insertAfter(this.tail, s);
  }

  /** `place` undefined: at the head. */
  insertAfter(place: Sequence | undefined, s: Sequence): void {
    const next = place === undefined ? this.head : place.next;
    s.previous = place;
    s.next = next;
    if (place === undefined) this.head = s;
    else place.next = s;
    if (next === undefined) this.tail = s;
    else next.previous = s;
    this.size++;
  }

  remove(s: Sequence): void {
    const { previous, next } = s;
    if (previous === undefined) this.head = next;
    else previous.next = next;
    if (next === undefined) this.tail = previous;
    else next.previous = previous;
    s.previous = undefined;
    s.next = undefined;
    this.size--;
  }
}
