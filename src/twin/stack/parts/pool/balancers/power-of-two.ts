import type { BalancerEntry, Candidate } from "./types.ts";

/** Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12 (2001). */
export const powerOfTwo: BalancerEntry = {
  name: "power-of-two",
  summary: "the less busy of two that are drawn",
  create: (random) => ({
    pick<C extends Candidate>(_: unknown, candidates: readonly [C, ...C[]]): C {
      const count = candidates.length;
      const first = Math.floor(random.next() * count);
      const step = count > 1 ? 1 + Math.floor(random.next() * (count - 1)) : 0;
      const a = candidates[first] ?? candidates[0];
      const b = candidates[(first + step) % count] ?? candidates[0];
      return b.outstanding < a.outstanding ? b : a;
    },
  }),
};
