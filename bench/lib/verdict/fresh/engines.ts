import type { Kind } from "../types.ts";
import { chat, crowd, documents, HANDBOOK, HILL, long, RAMP, SOAK, STAIRS, talk, WAVE } from "./loads.ts";
import { A100, A100X4, BOUGHT, behindAll, H100, H100X4, llamacpp, RTX, sglang, twoPools } from "./stacks.ts";

const SLOW_START = ["ttft.p95 < 3s", "stall.p95 < 1500ms", "errors.rate < 1%"];
const pace = (ms: number): readonly string[] => [`tpot.p95 < ${ms}ms`, "errors.rate < 1%"];

/** Weaknesses of engines, on cards, schedulers, places and loads that rules were never written with. */
export const FRESH_ENGINES: readonly Kind[] = [
  {
    name: "batch too small",
    right: ["batch-limit"],
    sizes: [
      {
        name: "llama.cpp slots behind everything",
        parts: behindAll(llamacpp(H100, 64)),
        plant: { llm: llamacpp(H100, 8) },
        load: chat(11, { stages: RAMP }),
      },
      {
        name: "sglang, 4090, closed",
        parts: { llm: sglang(RTX, { maxSeqs: 96 }) },
        plant: { llm: sglang(RTX, { maxSeqs: 6 }) },
        load: crowd(40, "2s"),
      },
      {
        name: "one pool of two",
        component: "left",
        parts: twoPools(A100, A100),
        plant: { left: { engine: { maxSeqs: 5 } } },
        load: chat(9, { stages: STAIRS }),
      },
    ],
  },
  {
    name: "KV too small",
    right: ["kv-cache"],
    sizes: [
      {
        name: "long contexts, small card",
        parts: { llm: { ...H100, answers: { median: 400, p95: 900, max: 1500 } } },
        plant: { llm: { preset: "llama-3-8b-rtx4090" } },
        load: long(1.1, 5500, { stages: STAIRS, slo: SLOW_START }),
      },
      {
        name: "sglang retracts",
        parts: { llm: sglang(A100) },
        plant: { llm: sglang(A100, { blocks: 11_000, blockSize: 1 }) },
        load: long(15, 300, { stages: HILL }),
      },
      {
        name: "model too large for one card",
        parts: {
          llm: {
            kind: "pool",
            model: "qwen3-32b",
            gpu: "h100",
            tensorParallel: 2,
            answers: { median: 250, p95: 600, max: 1000 },
          },
        },
        plant: { llm: { tensorParallel: 1 } },
        load: long(2.4, 1500, { stages: HILL, slo: SLOW_START }),
      },
      {
        name: "one pool of two",
        component: "right",
        parts: twoPools(A100, A100),
        plant: { right: { engine: { blocks: 550 } } },
        load: long(10, 600, { stages: WAVE }),
      },
    ],
  },
  {
    name: "prefill",
    right: ["prefill"],
    sizes: [
      {
        name: "documents, sglang",
        parts: { llm: { ...sglang(A100), replicas: 3, balancer: "least-outstanding" } },
        plant: { llm: { replicas: 1 } },
        load: documents(4.5, 4000, 40, { stages: STAIRS, slo: SLOW_START }),
      },
      {
        name: "retrieval adds too much",
        parts: {
          app: { kind: "app", to: "llm", steps: [{ call: "index", adds: 300 }] },
          index: { kind: "vector-db", servers: 8, service: { median: "10ms", p99: "40ms" } },
          llm: H100,
        },
        plant: { app: { steps: [{ call: "index", adds: 6000 }] } },
        load: documents(9, 60, 80, { stages: RAMP, slo: SLOW_START }),
      },
      {
        name: "long system prompt, no prefix cache",
        parts: { llm: RTX },
        plant: { llm: { engine: { prefixCache: false } } },
        load: chat(8, {
          stages: WAVE,
          personas: [{ name: "asker", prompts: "faq", system: HANDBOOK, maxTokens: 80 }],
        }),
      },
    ],
  },
  {
    name: "decode",
    right: ["decode"],
    sizes: [
      {
        name: "sixteen bits on an l40s",
        parts: { llm: { kind: "pool", model: "llama-3-8b", gpu: "l40s", quantization: "fp8", answers: A100.answers } },
        plant: { llm: { quantization: "bf16" } },
        load: chat(5, { stages: RAMP, slo: pace(20) }),
      },
      {
        name: "70b on older cards",
        parts: { llm: H100X4 },
        plant: { llm: A100X4 },
        load: chat(3, { stages: STAIRS, slo: pace(30) }),
      },
      {
        name: "one card for three cards' crowd",
        parts: { llm: { ...RTX, replicas: 3 } },
        plant: { llm: { replicas: 1 } },
        load: chat(18, { stages: HILL, slo: pace(21.5) }),
      },
    ],
  },
  {
    name: "memory leak",
    right: ["memory", "kv-cache"],
    sizes: [
      {
        name: "sglang, soak",
        parts: { llm: sglang(A100, { blocks: 80_000, blockSize: 1 }) },
        plant: { llm: sglang(A100, { blocks: 80_000, blockSize: 1, leak: 128 }) },
        load: chat(4, { stages: SOAK }),
      },
      {
        name: "4090 x2, soak",
        parts: { llm: { ...RTX, replicas: 2 } },
        plant: { llm: { faults: [{ do: "leak", blocks: 6 }] } },
        load: chat(6, { stages: SOAK }),
      },
    ],
  },
  {
    name: "no prefix cache",
    right: ["prefill", "context-growth"],
    sizes: [
      {
        name: "balancer blind to prefixes",
        parts: { llm: { ...A100, replicas: 2, balancer: "prefix-aware" } },
        plant: "prefix-blind",
        load: talk(1.2, 10, 600, { stages: [{ steady: "200s", at: "1x" }] }),
      },
      {
        name: "sglang, radix cache off",
        parts: { llm: sglang(A100) },
        plant: { llm: sglang(A100, { prefixCache: false }) },
        load: talk(0.55, 8, 700, { stages: SOAK }),
      },
    ],
  },
  {
    name: "context growth",
    right: ["context-growth", "prefill"],
    sizes: [
      {
        name: "twenty turns, closed",
        parts: { llm: { ...H100, replicas: 3, balancer: "session-hash" } },
        plant: { llm: { replicas: 1, engine: { prefixCache: false } } },
        load: talk(48, 20, 400, { unit: "users", stages: [{ steady: "200s", at: "48 users" }] }),
      },
    ],
  },
  {
    name: "long outputs",
    right: ["output-length"],
    sizes: [
      {
        name: "bought by the token",
        parts: { provider: BOUGHT },
        plant: { provider: { answers: { median: 1400, p95: 2500, max: 4000 } } },
        load: chat(2, { stages: RAMP, slo: ["response.p95 < 12s", "errors.rate < 1%"] }),
      },
      {
        name: "sglang, closed",
        parts: { llm: sglang(H100) },
        plant: { llm: { ...sglang(H100), answers: { median: 1500, p95: 3000, max: 4000 } } },
        load: crowd(28, "3s", { slo: ["response.p95 < 10s", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "host stalls",
    right: ["pauses"],
    sizes: [
      {
        name: "freezes",
        parts: { llm: A100 },
        plant: {
          llm: {
            faults: [
              { do: "freeze", at: "70s", for: "6s" },
              { do: "freeze", at: "110s", for: "6s" },
            ],
          },
        },
        load: chat(7, { stages: HILL, slo: ["stall.p99 < 1s", "errors.rate < 1%"] }),
      },
      {
        name: "sglang, noisy",
        parts: { llm: sglang(H100) },
        plant: {
          llm: {
            ...sglang(H100, { noise: { sigma: 0.04, stallProbability: 0.01, stallMin: "200ms", stallMax: "900ms" } }),
          },
        },
        load: chat(8, { stages: STAIRS, slo: ["stall.p95 < 250ms", "errors.rate < 1%"] }),
      },
    ],
  },
];
