import type { Parts } from "../types.ts";

const BRIEF = { median: 120, p95: 320, max: 600 };

/** A mixture of experts on one card, a model of the older kind with wide KV, and a dense one on much memory. */
export const EXPERTS = { kind: "pool", model: "qwen3-30b-a3b", gpu: "h100", answers: BRIEF };
export const WIDE = { kind: "pool", model: "llama-2-7b", gpu: "l40s", answers: BRIEF };
export const DENSE = { kind: "pool", model: "qwen3-32b", gpu: "h200", answers: BRIEF };
export const HOSTED = {
  kind: "external",
  dialect: "anthropic",
  ttft: { median: "450ms", p99: "1100ms" },
  gap: "9ms",
  answers: BRIEF,
};

export const withEngine = (pool: Parts[string], engine: Parts[string]): Parts[string] => ({ ...pool, engine });

export const station = (stage: string, servers: number, median: string, p99: string): Parts[string] => ({
  kind: "station",
  stage,
  servers,
  service: { median, p99 },
});

/** A shop's search: guarded, looked up and re-sorted before the model is asked. */
export const search = (llm: Parts[string]): Parts => ({
  door: { kind: "gateway", to: "shop", time: "3ms" },
  shop: {
    kind: "app",
    to: "brain",
    time: "6ms",
    cores: 4,
    steps: [
      { call: "screen" },
      { parallel: [{ call: "catalogue", adds: 250 }, { call: "stock" }] },
      { call: "sorter" },
    ],
  },
  screen: station("guard", 12, "25ms", "80ms"),
  catalogue: { kind: "vector-db", servers: 6, service: { median: "14ms", p99: "50ms" } },
  stock: station("tool", 20, "35ms", "140ms"),
  sorter: station("rerank", 8, "30ms", "90ms"),
  brain: llm,
});

/** A planner that asks and acts a few times, behind a gateway. */
export const planner = (llm: Parts[string], adds = 120): Parts => ({
  door: { kind: "gateway", to: "planner" },
  planner: {
    kind: "app",
    to: "brain",
    time: "5ms",
    cores: 8,
    steps: [
      {
        loop: {
          turns: { mean: 2.5 },
          answer: 50,
          tools: [
            { call: "ledger", adds, weight: 2 },
            { call: "mail", adds },
          ],
        },
      },
    ],
  },
  ledger: station("tool", 30, "120ms", "500ms"),
  mail: station("tool", 30, "250ms", "800ms"),
  brain: llm,
});

/** Four pools behind a router, a quarter of the calls each. */
export const quarters = (llm: Parts[string]): Parts => ({
  fork: { kind: "router", rules: [], otherwise: { split: { alder: 1, birch: 1, cedar: 1, larch: 1 } } },
  alder: llm,
  birch: llm,
  cedar: llm,
  larch: llm,
});
