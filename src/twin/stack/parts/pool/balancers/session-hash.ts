import { keyOf, textKey } from "../../../../answers/index.ts";
import type { BalancerEntry, Candidate, Routed } from "./types.ts";

/** Points of each replica on the ring: the shares of the replicas then differ by about 1 / sqrt(points). */
const POINTS = 160;

/**
 * Consistent hashing (Karger et al., STOC 1997): a session stays with its replica, and when one of n replicas comes or goes about 1 / n of the
 * sessions move, all of them to or from that one.
 */
export const sessionHash: BalancerEntry = {
  name: "session-hash",
  summary: "a session stays with its replica; few move when replicas come and go",
  create() {
    let seen: readonly Candidate[] | undefined;
    let members = "";
    let ring: readonly { readonly point: number; readonly index: number }[] = [];
    return {
      pick<C extends Candidate>(call: Routed, candidates: readonly [C, ...C[]]): C {
        if (candidates !== seen) {
          seen = candidates;
          const now = candidates.map(({ index }) => index).join();
          if (now !== members) ring = ringOf(candidates);
          members = now;
        }
        const owner = ownerOf(textKey(call.session), ring);
        return candidates.find(({ index }) => index === owner) ?? candidates[0];
      },
    };
  },
};

/** Replica of a session among replicas 0 to n - 1, all of them ready. */
export function hashOwner(replicas: number): (session: string) => number {
  const ring = ringOf(Array.from({ length: replicas }, (_, index) => ({ index })));
  return (session) => ownerOf(textKey(session), ring) ?? 0;
}

function ringOf(candidates: readonly Pick<Candidate, "index">[]) {
  return candidates
    .flatMap(({ index }) => Array.from({ length: POINTS }, (_, i) => ({ point: keyOf(index, i), index })))
    .sort((a, b) => a.point - b.point || a.index - b.index);
}

/** Owner of the first point at or after the key, round the ring. */
function ownerOf(key: number, ring: readonly { readonly point: number; readonly index: number }[]): number | undefined {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ring[middle]?.point ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return ring[low % ring.length]?.index;
}
