import type { RadixCache } from "./radix-cache.ts";
import type { Sequence } from "./sequence.ts";

/** sglang's schedule_policy.py: with more waiting than this the order is as they came. */
const MOST_SORTED = 128;
/** Tokens: a request that finds no more in the cache, and shares as many with one before it in the queue, waits for that one's prefix. */
const SHARED = 32;

/** The waiting queue with the longest cached prefix first; those that will soon find more in the cache come last. Equal ones keep their order. */
export function byLongestPrefix<Place>(
  queue: readonly Sequence<Place>[],
  tree: RadixCache,
  pageSize: number,
): Sequence<Place>[] {
  if (queue.length > MOST_SORTED) return [...queue];
  const sharedPages = Math.ceil(SHARED / pageSize);
  const starts = new Set<number>();
  const ranked = queue.map((sequence) => {
    const pages = tree.peek(sequence.key, Math.floor((sequence.target - 1) / pageSize));
    if (pages * pageSize > SHARED || sequence.target < SHARED) return { sequence, rank: -pages };
    const start = sequence.key.at(sharedPages - 1);
    if (starts.has(start)) return { sequence, rank: Number.POSITIVE_INFINITY };
    starts.add(start);
    return { sequence, rank: -pages };
  });
  // Infinity less Infinity is NaN, which a comparator must not return.
  return ranked.sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank)).map(({ sequence }) => sequence);
}
