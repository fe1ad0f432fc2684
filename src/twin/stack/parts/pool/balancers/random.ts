import type { BalancerEntry, Candidate } from "./types.ts";

export const uniform: BalancerEntry = {
  name: "random",
  summary: "any, as kube-proxy does",
  create: (random) => ({
    pick<C extends Candidate>(_: unknown, candidates: readonly [C, ...C[]]): C {
      return candidates[Math.floor(random.next() * candidates.length)] ?? candidates[0];
    },
  }),
};
