import type { EngineCounters } from "./types.ts";

/** Those of an engine that has done nothing yet. */
export function zeroCounters(): EngineCounters {
  return {
    steps: 0,
    preemptions: 0,
    finished: 0,
    cancelled: 0,
    promptTokensComputed: 0,
    promptTokensCached: 0,
    promptTokensRecomputed: 0,
    prefixQueries: 0,
    prefixHits: 0,
    generatedTokens: 0,
    busyMs: 0,
  };
}
