import type { BalancerEntry, Candidate } from "./types.ts";

export const leastOutstanding: BalancerEntry = {
  name: "least-outstanding",
  summary: "the one with the fewest calls under way; equals take turns",
  create() {
    let last = -1;
    return {
      pick<C extends Candidate>(_: unknown, candidates: readonly [C, ...C[]]): C {
        const fewest = candidates.reduce((least, { outstanding }) => Math.min(least, outstanding), Infinity);
        let first: C | undefined;
        let after: C | undefined;
        for (const candidate of candidates) {
          if (candidate.outstanding !== fewest) continue;
          first ??= candidate;
          if (candidate.index > last) after ??= candidate;
        }
        const picked = after ?? first ?? candidates[0];
        last = picked.index;
        return picked;
      },
    };
  },
};
