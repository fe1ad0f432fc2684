import type { BalancerEntry, Candidate } from "./types.ts";

export const roundRobin: BalancerEntry = {
  name: "round-robin",
  summary: "each in turn",
  create() {
    let last = -1;
    return {
      pick<C extends Candidate>(_: unknown, candidates: readonly [C, ...C[]]): C {
        // By index, so that a replica that comes or goes does not shift everybody's turn.
        const next = candidates.find((candidate) => candidate.index > last) ?? candidates[0];
        last = next.index;
        return next;
      },
    };
  },
};
