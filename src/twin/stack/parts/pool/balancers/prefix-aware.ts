import type { BalancerEntry, Candidate, Routed } from "./types.ts";

/**
 * The cost that NVIDIA Dynamo's KV router minimises, in blocks: what a replica would have to prefill if it took the call (its prefills under way and
 * this prompt, less what its cache holds of it) plus the blocks that its requests hold. Equals take turns.
 */
export const prefixAware: BalancerEntry = {
  name: "prefix-aware",
  summary: "where the prompt's beginning is cached, weighed against load",
  create() {
    let last = -1;
    return {
      pick<C extends Candidate>(call: Routed, candidates: readonly [C, ...C[]]): C {
        let best: C = candidates[0];
        let bestCost = Number.POSITIVE_INFINITY;
        let bestAfter = false;
        for (const candidate of candidates) {
          const cost = costOf(candidate, call);
          const after = candidate.index > last;
          if (cost < bestCost || (cost === bestCost && after && !bestAfter)) {
            best = candidate;
            bestCost = cost;
            bestAfter = after;
          }
        }
        last = best.index;
        return best;
      },
    };
  },
};

export function costOf(candidate: Candidate, call: Routed): number {
  const incoming = call.prompt.tokens - candidate.cachedTokens(call);
  return Math.max(candidate.pendingPrefillTokens + incoming, 0) / candidate.blockSize + candidate.usedBlocks;
}
