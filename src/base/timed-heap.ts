/** An entry of a heap in time: earliest `at` first; equal times by `order`, which tells any two entries apart. */
export interface Timed {
  readonly at: number;
  readonly order: number;
}

/** Adds an entry to an array that is a binary heap; a sorted array is one. */
export function pushTimed<E extends Timed>(heap: E[], entry: E): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || before(above, entry)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

/** Takes the first entry out of an array that is a binary heap. */
export function shiftTimed<E extends Timed>(heap: E[]): E | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) sink(heap, last);
  return first;
}

/** Puts an entry where the first one was. */
function sink<E extends Timed>(heap: E[], entry: E): void {
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    let least = heap[child];
    if (least === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && before(right, least)) {
      least = right;
      child++;
    }
    if (before(entry, least)) break;
    heap[index] = least;
    index = child;
  }
  heap[index] = entry;
}

function before(a: Timed, b: Timed): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
