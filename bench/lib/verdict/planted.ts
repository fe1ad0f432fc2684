import { CLIMB, chat, LEVEL, long, STEPS, talk } from "./loads.ts";
import { A100, H100X4, rag, TINY } from "./stacks.ts";
import type { Kind } from "./types.ts";

/** What is planted: at least two stacks or loads of each, the first of which rules were written with, the others held out. */
export const PLANTED: readonly Kind[] = [
  {
    name: "batch too small",
    right: ["batch-limit"],
    sizes: [
      { name: "tiny", parts: { llm: TINY }, plant: "batch-too-small", load: chat(6, { stages: CLIMB }) },
      {
        name: "8b",
        parts: { llm: A100 },
        plant: { llm: { engine: { maxSeqs: 12 } } },
        load: chat(12, { stages: STEPS }),
      },
      {
        name: "8b x2",
        parts: { llm: { ...A100, replicas: 2 } },
        plant: { llm: { engine: { maxSeqs: 6 } } },
        load: chat(10, { stages: CLIMB }),
      },
    ],
  },
  {
    name: "KV too small",
    right: ["kv-cache"],
    sizes: [
      { name: "tiny", parts: { llm: TINY }, plant: "kv-too-small", load: long(4, 300, { stages: CLIMB }) },
      {
        name: "8b",
        parts: { llm: A100 },
        plant: { llm: { engine: { blocks: 900 } } },
        load: long(8, 600, { stages: CLIMB }),
      },
      {
        name: "70b",
        parts: { llm: H100X4 },
        plant: { llm: { engine: { blocks: 1200 } } },
        load: long(5, 900, { stages: STEPS }),
      },
    ],
  },
  {
    name: "prefill",
    right: ["prefill"],
    sizes: [
      {
        name: "tiny",
        parts: { llm: { ...TINY, engine: { blocks: 6400, maxSeqs: 48 } } },
        plant: { llm: { engine: { blocks: 6400, maxSeqs: 48, costs: { c2: 0.6 } } } },
        load: long(3.2, 700, {
          stages: CLIMB,
          personas: [{ name: "reader", prompts: { synthetic: { tokens: 700 } }, maxTokens: 30 }],
        }),
      },
      {
        name: "8b",
        parts: { llm: { ...A100, replicas: 4 } },
        plant: { llm: { replicas: 1 } },
        load: long(7, 2500, {
          stages: CLIMB,
          personas: [{ name: "reader", prompts: { synthetic: { tokens: 2500 } }, maxTokens: 60 }],
        }),
      },
    ],
  },
  {
    name: "decode",
    right: ["decode"],
    sizes: [
      {
        name: "tiny",
        parts: { llm: { ...TINY, engine: { maxSeqs: 200, blocks: 20_000 } } },
        plant: { llm: { engine: { maxSeqs: 200, blocks: 20_000, costs: { c1: 1, c2: 1.2, n0: 16 } } } },
        load: chat(9, { stages: CLIMB, slo: ["tpot.p95 < 40ms", "errors.rate < 1%"] }),
      },
      {
        name: "8b",
        parts: { llm: { ...A100, replicas: 2 } },
        plant: { llm: { replicas: 2, engine: { costs: { c1: 0.4, c2: 0.8 } } } },
        load: chat(16, { stages: STEPS, slo: ["tpot.p95 < 25ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "memory leak",
    right: ["memory", "kv-cache"],
    sizes: [
      { name: "tiny", parts: { llm: TINY }, plant: "memory-leak", load: chat(3, { stages: LEVEL }) },
      {
        name: "8b",
        parts: { llm: A100 },
        plant: { llm: { engine: { leak: 60, blocks: 6000 } } },
        load: chat(5, { stages: LEVEL }),
      },
    ],
  },
  {
    name: "no prefix cache",
    right: ["prefill", "context-growth"],
    sizes: [
      {
        name: "tiny",
        parts: { llm: { ...TINY, engine: { blocks: 6400, maxSeqs: 48, costs: { c2: 0.4 } } } },
        plant: "prefix-cache-off",
        load: talk(0.8, 8, 150, { stages: LEVEL }),
      },
      { name: "8b", parts: { llm: A100 }, plant: "prefix-cache-off", load: talk(0.45, 8, 700, { stages: LEVEL }) },
    ],
  },
  {
    name: "context growth",
    right: ["context-growth", "prefill"],
    sizes: [
      {
        name: "tiny",
        parts: { llm: { ...TINY, replicas: 3, engine: { blocks: 6400, maxSeqs: 48 } } },
        plant: { llm: { replicas: 1, engine: { blocks: 6400, maxSeqs: 48, prefixCache: false, costs: { c2: 0.5 } } } },
        load: talk(0.7, 12, 120, { stages: LEVEL }),
      },
      {
        name: "8b",
        parts: { llm: { ...A100, replicas: 2 } },
        plant: { llm: { replicas: 1, engine: { prefixCache: false } } },
        load: talk(0.4, 10, 700, { stages: LEVEL }),
      },
    ],
  },
  {
    name: "long outputs",
    right: ["output-length"],
    sizes: [
      {
        name: "tiny",
        parts: { llm: TINY },
        plant: { llm: { answers: { median: 900, p95: 1400, max: 2000 } } },
        load: chat(0.6, { stages: CLIMB, slo: ["response.p95 < 8s", "errors.rate < 1%"] }),
      },
      {
        name: "8b",
        parts: { llm: A100 },
        plant: { llm: { answers: { median: 1500, p95: 3000, max: 4000 } } },
        load: chat(1.5, { stages: CLIMB, slo: ["response.p95 < 15s", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "host stalls",
    right: ["pauses"],
    sizes: [
      {
        name: "tiny",
        parts: { llm: TINY },
        plant: "noisy-host",
        load: chat(3, { stages: CLIMB, slo: ["stall.p95 < 200ms", "errors.rate < 1%"] }),
      },
      {
        name: "8b",
        parts: { llm: A100 },
        plant: "noisy-host",
        load: chat(6, { stages: STEPS, slo: ["stall.p95 < 200ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "sick replica",
    right: ["sick-replica"],
    sizes: [
      {
        name: "tiny x3",
        parts: { llm: { ...TINY, replicas: 3 } },
        plant: "sick-replica",
        load: chat(8, { stages: CLIMB }),
      },
      {
        name: "8b x4",
        parts: { llm: { ...A100, replicas: 4 } },
        plant: { llm: { balancer: "round-robin", faults: [{ do: "slow", replica: 1, factor: 4 }] } },
        load: chat(14, { stages: STEPS, slo: ["tpot.p95 < 25ms", "errors.rate < 1%"] }),
      },
      {
        name: "8b x2",
        parts: { llm: { ...A100, replicas: 2 } },
        plant: "sick-replica",
        load: chat(8, { stages: CLIMB, slo: ["tpot.p95 < 25ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "router skew",
    right: ["imbalance"],
    sizes: [
      {
        name: "three tiny",
        parts: {
          router: { kind: "router", rules: [], otherwise: { split: { one: 1, two: 1, three: 1 } } },
          one: TINY,
          two: TINY,
          three: TINY,
        },
        plant: "router-skew",
        load: chat(26, { stages: CLIMB }),
      },
      {
        name: "two 8b",
        parts: {
          router: { kind: "router", rules: [], otherwise: { split: { one: 1, two: 1 } } },
          one: { ...A100, engine: { maxSeqs: 32 } },
          two: { ...A100, engine: { maxSeqs: 32 } },
        },
        plant: "router-skew",
        load: chat(18, { stages: STEPS }),
      },
    ],
  },
  {
    name: "sticky imbalance",
    right: ["imbalance"],
    sizes: [
      {
        name: "hot split, tiny",
        parts: {
          router: { kind: "router", rules: [], otherwise: { split: { one: 1, two: 1 } } },
          one: TINY,
          two: TINY,
        },
        plant: { router: { rules: [], otherwise: { split: { one: 6, two: 1 } }, sticky: true } },
        load: chat(19, { stages: CLIMB }),
      },
      {
        name: "hot split, 8b",
        parts: {
          router: { kind: "router", rules: [], otherwise: { split: { one: 1, two: 1, three: 1 } } },
          one: { ...A100, engine: { maxSeqs: 24 } },
          two: { ...A100, engine: { maxSeqs: 24 } },
          three: { ...A100, engine: { maxSeqs: 24 } },
        },
        plant: { router: { rules: [], otherwise: { split: { one: 8, two: 1, three: 1 } } } },
        load: chat(16, { stages: CLIMB }),
      },
    ],
  },
  {
    name: "cold start",
    right: ["cold-start"],
    sizes: [
      {
        name: "tiny, autoscaled",
        parts: { llm: { ...TINY, engine: { maxSeqs: 4 }, replicas: 4 } },
        plant: {
          llm: {
            replicas: 4,
            cold: 3,
            unready: "hold",
            engine: { maxSeqs: 4 },
            coldStart: { node: "40s", image: "30s", weights: "20s", init: "10s" },
          },
        },
        load: chat(7, { stages: LEVEL }),
      },
      {
        name: "8b, autoscaled",
        parts: { llm: { ...A100, engine: { maxSeqs: 16 }, replicas: 4 } },
        plant: {
          llm: {
            replicas: undefined,
            autoscale: { min: 1, max: 4, metric: "queue", target: 2 },
            coldStart: { node: "3m", image: "3m", weights: "2m", init: "2m" },
          },
        },
        load: chat(14, { stages: CLIMB }),
      },
    ],
  },
  {
    name: "slow retrieval",
    right: ["dependency"],
    component: "vectors",
    sizes: [
      {
        name: "tiny",
        parts: rag(TINY),
        plant: "slow-retrieval",
        load: chat(5, { stages: CLIMB, slo: ["ttft.p95 < 250ms", "errors.rate < 1%"] }),
      },
      {
        name: "8b",
        parts: rag(A100),
        plant: { vectors: { servers: 1, service: { median: "80ms", p99: "300ms" } } },
        load: chat(11, { stages: STEPS }),
      },
    ],
  },
  {
    name: "embedding queue",
    right: ["dependency"],
    component: "embedder",
    sizes: [
      {
        name: "tiny",
        parts: rag(TINY),
        plant: { embedder: { fixed: "220ms", batch: 1, servers: 1 } },
        load: chat(5, { stages: CLIMB }),
      },
      {
        name: "8b",
        parts: rag(A100),
        plant: { embedder: { fixed: "90ms", batch: 1, servers: 1 } },
        load: chat(12, { stages: STEPS }),
      },
    ],
  },
  {
    name: "slow tool",
    right: ["dependency"],
    component: "tool",
    sizes: [
      {
        name: "tiny, timeouts",
        parts: rag(TINY),
        plant: { tool: { servers: 1, service: { median: "300ms", p99: "1s" } } },
        load: chat(5, { stages: CLIMB }),
      },
      {
        name: "8b",
        parts: rag(A100),
        plant: { tool: { servers: 2, service: { median: "400ms", p99: "1500ms" } } },
        load: chat(11, { stages: CLIMB }),
      },
    ],
  },
  {
    name: "slow sign-on",
    right: ["dependency"],
    component: "sign-on",
    sizes: [
      {
        name: "tiny",
        parts: {
          gateway: { kind: "gateway", to: "llm", auth: "sign-on" },
          "sign-on": { kind: "station", stage: "auth", servers: 8, service: { median: "5ms", p99: "20ms" } },
          llm: TINY,
        },
        plant: { "sign-on": { servers: 1, service: { median: "170ms", p99: "400ms" } } },
        load: chat(6, { stages: CLIMB }),
      },
      {
        name: "8b",
        parts: {
          gateway: { kind: "gateway", to: "llm", auth: "sign-on" },
          "sign-on": { kind: "station", stage: "auth", servers: 8, service: { median: "5ms", p99: "20ms" } },
          llm: A100,
        },
        plant: { "sign-on": { servers: 2, service: { median: "170ms", p99: "600ms" } } },
        load: chat(11, { stages: STEPS }),
      },
    ],
  },
  {
    name: "rate limit",
    right: ["rate-limit"],
    sizes: [
      {
        name: "provider",
        parts: { provider: { kind: "external", ttft: { median: "350ms", p99: "900ms" }, gap: "12ms" } },
        plant: { provider: { requestsPerMinute: 90, burst: "10s" } },
        load: chat(3, { stages: CLIMB, slo: ["ttft.p95 < 2s", "errors.rate < 1%"] }),
      },
      {
        name: "gateway's keys",
        parts: { gateway: { kind: "gateway", to: "llm" }, llm: A100 },
        plant: { gateway: { limits: { requestsPerMinute: 240, burst: "5s" } } },
        load: chat(8, { stages: STEPS }),
      },
    ],
  },
  {
    name: "connection cap",
    right: ["connections"],
    sizes: [
      {
        name: "tiny",
        parts: { gateway: { kind: "gateway", to: "llm" }, llm: TINY },
        plant: { gateway: { concurrency: 3 } },
        load: chat(6, { stages: CLIMB }),
      },
      {
        name: "8b",
        parts: { gateway: { kind: "gateway", to: "llm" }, llm: A100 },
        plant: { gateway: { concurrency: 10, queue: 40 } },
        load: chat(10, { stages: STEPS }),
      },
      {
        name: "workers, 8b",
        parts: { app: { kind: "app", to: "llm" }, llm: A100 },
        plant: { app: { concurrency: 12 } },
        load: chat(10, { stages: CLIMB }),
      },
    ],
  },
  {
    name: "application CPU",
    right: ["application"],
    sizes: [
      {
        name: "tiny",
        parts: { app: { kind: "app", to: "llm", time: "5ms", cores: 2 }, llm: TINY },
        plant: { app: { time: "220ms", cores: 1 } },
        load: chat(6, { stages: CLIMB }),
      },
      {
        name: "8b",
        parts: { app: { kind: "app", to: "llm", time: "5ms", cores: 4 }, llm: A100 },
        plant: { app: { time: "180ms", cores: 2 } },
        load: chat(13, { stages: STEPS }),
      },
    ],
  },
  {
    name: "retry storm",
    right: ["retries"],
    sizes: [
      {
        name: "tiny",
        parts: { gateway: { kind: "gateway", to: "llm", timeout: "60s" }, llm: { ...TINY, engine: { maxSeqs: 8 } } },
        plant: "retry-storm",
        load: chat(6, {
          stages: [
            { steady: "40s", at: "0.3x" },
            { spike: "20s", from: "0.3x", to: "2x" },
            { steady: "80s", at: "0.5x" },
          ],
          slo: ["ttft.p95 < 8s", "errors.rate < 1%"],
        }),
      },
      {
        name: "8b",
        parts: { gateway: { kind: "gateway", to: "llm", timeout: "60s" }, llm: { ...A100, engine: { maxSeqs: 24 } } },
        plant: "retry-storm",
        load: chat(6, {
          stages: [
            { steady: "40s", at: "0.3x" },
            { spike: "20s", from: "0.3x", to: "2x" },
            { steady: "80s", at: "0.6x" },
          ],
          slo: ["ttft.p95 < 8s", "errors.rate < 1%"],
        }),
      },
    ],
  },
  {
    name: "cache stampede",
    right: ["cache"],
    sizes: [
      {
        name: "tiny",
        parts: { cache: { kind: "response-cache", to: "llm", entries: 1000 }, llm: TINY },
        plant: { cache: { singleFlight: false, flushes: ["60s", "120s"] } },
        load: chat(45, { stages: LEVEL, slo: ["ttft.p99 < 300ms", "errors.rate < 1%"] }),
      },
      {
        name: "8b",
        parts: {
          cache: { kind: "response-cache", to: "llm", entries: 1000 },
          llm: { ...A100, engine: { maxSeqs: 64 } },
        },
        plant: { cache: { singleFlight: false, entries: 3 } },
        load: chat(50, { stages: CLIMB, slo: ["ttft.p95 < 300ms", "errors.rate < 1%"] }),
      },
    ],
  },
];
