import fc from "fast-check";
import { expect, test } from "vitest";
import { pagesOf } from "./page-key.ts";
import { RadixCache, type RadixPlace } from "./radix-cache.ts";

/** Chained names of a text of small digits: equal exactly where the texts agree up to there. */
function named(text: readonly number[]): number[] {
  let chain = 1;
  return text.map((digit) => {
    chain = chain * 3 + digit;
    return chain;
  });
}

const text = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 14 });

test("a prefix is found to the page, whatever was cached before and wherever nodes had to split", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), text, (cached, asked) => {
      const tree = new RadixCache();
      const held = new Set<number>();
      for (const each of cached) {
        const names = named(each);
        const before = names.filter((name) => held.has(name)).length;
        expect(tree.peek(pagesOf(names), names.length)).toBe(before);
        const { place, added } = tree.insert(pagesOf(names), names.length);
        expect([place.to, added]).toEqual([names.length, names.length - before]);
        for (const name of names) held.add(name);
      }
      expect(tree.size).toBe(held.size);
      const names = named(asked);
      const common = names.filter((name) => held.has(name)).length;
      expect(tree.peek(pagesOf(names), names.length)).toBe(common);
      expect(tree.match(pagesOf(names), names.length).to).toBe(common);
      expect(tree.size).toBe(held.size);
    }),
  );
});

interface Lease {
  readonly place: RadixPlace;
  readonly names: readonly number[];
}

test("pages are conserved: what is locked is what running sequences lie on, it is never evicted, and everything else can be", () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant("run" as const), text }),
    fc.record({ do: fc.constant("leave" as const), which: fc.nat() }),
    fc.record({ do: fc.constant("evict" as const), pages: fc.integer({ min: 1, max: 10 }) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const tree = new RadixCache();
      const leases: Lease[] = [];
      for (const act of actions) {
        if (act.do === "run") {
          const names = named(act.text);
          const found = tree.match(pagesOf(names), names.length);
          const idle = tree.idle(found);
          const before = tree.evictable;
          tree.lock(found);
          expect(before - tree.evictable).toBe(idle);
          const { place } = tree.insert(pagesOf(names), names.length);
          tree.lock(place);
          tree.unlock(found);
          leases.push({ place, names });
        } else if (act.do === "leave") {
          const [lease] = leases.splice(act.which % Math.max(1, leases.length), 1);
          if (lease !== undefined) tree.unlock(lease.place);
        } else {
          const { size, evictable } = tree;
          const gone = tree.evict(act.pages);
          expect(gone).toBeGreaterThanOrEqual(Math.min(act.pages, evictable));
          expect(tree.size).toBe(size - gone);
        }
        expect(tree.locked).toBe(new Set(leases.flatMap(({ names }) => names)).size);
        for (const { names, place } of leases) {
          expect(tree.peek(pagesOf(names), names.length)).toBe(names.length);
          expect(place.to).toBe(names.length);
        }
      }
      for (const { place } of leases) tree.unlock(place);
      expect(tree.evict(1e9)).toBeGreaterThanOrEqual(0);
      expect([tree.size, tree.locked]).toEqual([0, 0]);
    }),
  );
});

test("the least recently used prefix is evicted first, and the end of a prefix before its beginning", () => {
  const tree = new RadixCache();
  const [a, b, c] = [named([0, 0, 0]), named([1, 1, 1]), named([0, 0, 2, 2])];
  for (const each of [a, b, c]) tree.insert(pagesOf(each), each.length);
  tree.match(pagesOf(a), 3);
  expect(tree.evict(1)).toBe(3);
  expect([a, b, c].map((each) => tree.peek(pagesOf(each), each.length))).toEqual([3, 0, 4]);
  expect(tree.evict(1)).toBe(2);
  expect([a, c].map((each) => tree.peek(pagesOf(each), each.length))).toEqual([3, 2]);
});

test("a tree that is only read stays small however often it is read", () => {
  const tree = new RadixCache();
  const names = named([1, 2, 1]);
  tree.insert(pagesOf(names), 3);
  for (let i = 0; i < 20_000; i++) tree.match(pagesOf(names), 3);
  expect(tree.queued).toBeLessThan(3000);
});
