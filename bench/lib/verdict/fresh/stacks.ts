import type { Parts } from "../types.ts";

const USUAL = { median: 150, p95: 400, max: 800 };

export const A100 = { kind: "pool", preset: "llama-3-8b-a100", answers: USUAL };
export const H100 = { kind: "pool", preset: "llama-3-8b-h100", answers: USUAL };
export const RTX = { kind: "pool", preset: "llama-3-8b-rtx4090", answers: USUAL };
export const A100X4 = { kind: "pool", preset: "llama-3-70b-a100x4", answers: USUAL };
export const H100X4 = { kind: "pool", preset: "llama-3-70b-h100x4", answers: USUAL };
export const LAPTOP = { kind: "pool", preset: "smollm2-135m-cpu", answers: { median: 30, p95: 60, max: 100 } };
export const BOUGHT = {
  kind: "external",
  ttft: { median: "300ms", p99: "800ms" },
  gap: "12ms",
  answers: USUAL,
};

/** The same engine as another server runs it. */
export const sglang = (pool: Parts[string], engine: Parts[string] = {}) => ({
  ...pool,
  engine: { dialect: "sglang", ...engine },
});
export const llamacpp = (pool: Parts[string], slots: number) => ({
  ...pool,
  engine: { dialect: "llamacpp", maxSeqs: slots },
});

/** Four parts before the model, each of which could be the one. */
export const behindAll = (llm: Parts[string], app: Parts[string] = {}): Parts => ({
  edge: { kind: "gateway", to: "desk", time: "2ms" },
  desk: { kind: "app", to: "models", time: "4ms", cores: 4, ...app },
  models: { kind: "router", time: "1ms", rules: [], otherwise: "llm" },
  llm,
});

/** Two pools behind a router, half of the calls each. */
export const twoPools = (left: Parts[string], right: Parts[string]): Parts => ({
  models: { kind: "router", rules: [], otherwise: { split: { left: 1, right: 1 } } },
  left,
  right,
});

/** Two applications that share an embedder and an index, each with a model of its own. */
export const twoApps = (llm: Parts[string]): Parts => ({
  front: { kind: "router", rules: [], otherwise: { split: { desk: 1, shop: 1 } } },
  desk: {
    kind: "app",
    to: "left",
    steps: [{ call: "vectoriser" }, { call: "index", adds: 150 }],
    time: "4ms",
    cores: 2,
  },
  shop: {
    kind: "app",
    to: "right",
    steps: [{ call: "vectoriser" }, { call: "index", adds: 300 }],
    time: "4ms",
    cores: 2,
  },
  vectoriser: { kind: "embedder", fixed: "5ms", perToken: "0.05ms" },
  index: { kind: "vector-db", servers: 4, service: { median: "10ms", p99: "40ms" } },
  left: llm,
  right: llm,
});

/** An agent that thinks three times and uses a browser after each. */
export const agent = (llm: Parts[string]): Parts => ({
  agent: {
    kind: "app",
    to: "llm",
    steps: [{ loop: { turns: 3, answer: 60, tools: [{ call: "browser", adds: 150 }] } }],
  },
  browser: { kind: "station", stage: "tool", servers: 40, service: { median: "400ms", p99: "1200ms" } },
  llm,
});
