import type { Parts } from "./types.ts";

const SHORT = { median: 60, p95: 150, max: 300 };
const USUAL = { median: 150, p95: 400, max: 800 };

/** Engines of two sizes, with room for the loads that they are given. */
export const TINY = { kind: "pool", preset: "tiny", answers: SHORT };
export const A100 = { kind: "pool", preset: "llama-3-8b-a100", answers: USUAL };
export const H100X4 = { kind: "pool", preset: "llama-3-70b-h100x4", answers: USUAL };

/** An application that embeds, looks things up, sometimes calls a tool, and asks a model. */
export const rag = (llm: Parts[string]): Parts => ({
  app: {
    kind: "app",
    to: "llm",
    steps: [{ call: "embedder" }, { call: "vectors", adds: 200 }, { call: "tool", share: 0.5 }],
  },
  embedder: { kind: "embedder", fixed: "4ms", perToken: "0.05ms" },
  vectors: { kind: "vector-db", servers: 2, service: { median: "12ms", p99: "60ms" } },
  tool: { kind: "station", stage: "tool", servers: 16, service: { median: "60ms", p99: "300ms" } },
  llm,
});
