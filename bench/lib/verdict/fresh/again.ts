import type { Kind, Size } from "../types.ts";
import { chat, crowd, documents, HANDBOOK, HILL, LEVEL, long, RAMP, SOAK, SPIKE, STAIRS, talk, WAVE } from "./loads.ts";
import {
  A100,
  A100X4,
  agent,
  BOUGHT,
  behindAll,
  H100,
  H100X4,
  llamacpp,
  RTX,
  sglang,
  twoApps,
  twoPools,
} from "./stacks.ts";

const SLOW_START = ["ttft.p95 < 3s", "errors.rate < 1%"];
const MIXTRAL = { kind: "pool", model: "mixtral-8x7b", gpu: "h100", tensorParallel: 2, answers: H100.answers };
const station = (stage: string, servers: number, median: string, p99: string) => ({
  kind: "station",
  stage,
  servers,
  service: { median, p99 },
});

/** Written after the rules had been mended by the fresh cases: other models, places and loads again. */
export const AGAIN: readonly Kind[] = [
  {
    name: "batch too small",
    right: ["batch-limit"],
    sizes: [
      {
        name: "70b, sudden",
        parts: { edge: { kind: "gateway", to: "llm" }, llm: H100X4 },
        plant: { llm: { engine: { maxSeqs: 10 } } },
        load: chat(6, { stages: SPIKE }),
      },
      {
        name: "mixtral behind two applications",
        parts: twoApps(MIXTRAL),
        plant: { left: { engine: { maxSeqs: 4 } }, right: { engine: { maxSeqs: 4 } } },
        load: chat(12, { stages: WAVE }),
      },
    ],
  },
  {
    name: "KV too small",
    right: ["kv-cache"],
    sizes: [
      {
        name: "little memory let to it",
        parts: { llm: H100 },
        plant: { llm: { engine: { blocks: 1600 } } },
        load: long(16, 1200, { stages: HILL }),
      },
      {
        name: "sglang, long answers, closed",
        parts: { llm: { ...sglang(RTX), answers: { median: 500, p95: 900, max: 1200 } } },
        plant: { llm: sglang(RTX, { blocks: 9000, blockSize: 1 }) },
        load: crowd(40, "2s", { slo: SLOW_START }),
      },
    ],
  },
  {
    name: "prefill",
    right: ["prefill"],
    sizes: [
      {
        name: "the older card of two",
        component: "right",
        parts: twoPools(H100, H100),
        plant: { right: { preset: "llama-3-8b-rtx4090" } },
        load: documents(8, 3500, 40, { stages: STAIRS, slo: SLOW_START }),
      },
      {
        name: "agents read the handbook each time",
        right: ["prefill", "context-growth"],
        parts: agent(H100),
        plant: { llm: { engine: { prefixCache: false } } },
        load: chat(4.5, {
          stages: HILL,
          personas: [{ name: "asker", prompts: "faq", system: HANDBOOK, maxTokens: 60 }],
          slo: ["ttft.p95 < 8s", "errors.rate < 1%"],
        }),
      },
    ],
  },
  {
    name: "decode",
    right: ["decode"],
    sizes: [
      {
        name: "many at once, closed",
        parts: { llm: { ...sglang(RTX), replicas: 4, balancer: "least-outstanding" } },
        plant: { llm: { replicas: 1 } },
        load: crowd(120, "1s", { slo: ["tpot.p95 < 24ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "memory leak",
    right: ["memory", "kv-cache", "sick-replica"],
    sizes: [
      {
        name: "one of three",
        parts: { llm: { ...RTX, replicas: 3 } },
        plant: { llm: { faults: [{ do: "leak", replica: 1, blocks: 8 }] } },
        load: chat(9, { stages: SOAK }),
      },
    ],
  },
  {
    name: "long outputs",
    right: ["output-length"],
    sizes: [
      {
        name: "70b behind everything",
        parts: behindAll(A100X4),
        plant: { llm: { answers: { median: 900, p95: 1600, max: 2400 } } },
        load: chat(1.5, { stages: STAIRS, slo: ["response.p95 < 25s", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "host stalls",
    right: ["pauses"],
    sizes: [
      {
        name: "llama.cpp slots",
        parts: { llm: llamacpp(A100, 48) },
        plant: {
          llm: {
            engine: {
              dialect: "llamacpp",
              maxSeqs: 48,
              noise: { sigma: 0.04, stallProbability: 0.008, stallMin: "300ms", stallMax: "700ms" },
            },
          },
        },
        load: chat(7, { stages: WAVE, slo: ["stall.p95 < 250ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "sick replica",
    right: ["sick-replica"],
    sizes: [
      {
        name: "for a minute, documents",
        parts: { llm: { ...A100, replicas: 4 } },
        plant: { llm: { faults: [{ do: "slow", at: "50s", for: "60s", replica: 3, factor: 7 }] } },
        load: documents(6, 1200, 80, { stages: LEVEL, slo: ["ttft.p95 < 800ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "router skew",
    right: ["imbalance"],
    sizes: [
      {
        name: "two kinds of server",
        parts: {
          edge: { kind: "gateway", to: "models" },
          models: { kind: "router", rules: [], otherwise: { split: { left: 1, right: 1 } } },
          left: { ...A100, engine: { maxSeqs: 24 } },
          right: sglang(A100, { maxSeqs: 24 }),
        },
        plant: { models: { otherwise: { split: { left: 1, right: 9 } } } },
        load: chat(15, { stages: RAMP }),
      },
    ],
  },
  {
    name: "cold start",
    right: ["cold-start"],
    sizes: [
      {
        name: "70b, autoscaled behind an application",
        parts: {
          desk: { kind: "app", to: "llm", time: "3ms" },
          llm: { ...H100X4, engine: { maxSeqs: 24 }, replicas: 3, balancer: "least-outstanding" },
        },
        plant: {
          llm: {
            replicas: undefined,
            autoscale: {
              min: 1,
              max: 4,
              metric: "queue",
              target: 3,
              coldStart: { node: "40s", image: "30s", weights: "30s", init: "20s" },
            },
          },
        },
        load: chat(12, { stages: STAIRS }),
      },
    ],
  },
  {
    name: "slow dependency",
    right: ["dependency"],
    sizes: [
      {
        name: "reranker",
        component: "reranker",
        parts: {
          desk: { kind: "app", to: "llm", steps: [{ call: "index", adds: 200 }, { call: "reranker" }], cores: 4 },
          index: { kind: "vector-db", servers: 4, service: { median: "10ms", p99: "40ms" } },
          reranker: station("rerank", 8, "40ms", "120ms"),
          llm: sglang(H100),
        },
        plant: { reranker: { servers: 1, service: { median: "130ms", p99: "300ms" } } },
        load: chat(11, { stages: STAIRS }),
      },
      {
        name: "tool that fails",
        component: "weather",
        parts: {
          desk: { kind: "app", to: "llm", steps: [{ call: "weather", share: 0.4 }] },
          weather: station("tool", 16, "80ms", "300ms"),
          llm: A100,
        },
        plant: { weather: { errors: 0.2 } },
        load: chat(8, { stages: HILL }),
      },
      {
        name: "index is written to",
        component: "index",
        parts: {
          desk: { kind: "app", to: "llm", steps: [{ call: "index", adds: 200 }] },
          index: { kind: "vector-db", servers: 2, service: { median: "15ms", p99: "60ms" } },
          llm: H100,
        },
        plant: { index: { writes: { perSecond: 90, service: "21ms" } } },
        load: chat(11, { stages: RAMP, slo: ["ttft.p95 < 500ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "rate limit",
    right: ["rate-limit"],
    sizes: [
      {
        name: "one provider of two",
        component: "second",
        parts: {
          models: { kind: "router", rules: [], otherwise: { split: { first: 1, second: 1 } } },
          first: BOUGHT,
          second: BOUGHT,
        },
        plant: { second: { requestsPerMinute: 60, burst: "10s" } },
        load: chat(5, { stages: STAIRS, slo: SLOW_START }),
      },
    ],
  },
  {
    name: "connection cap",
    right: ["connections"],
    sizes: [
      {
        name: "short queue at the gate",
        parts: { edge: { kind: "gateway", to: "desk" }, desk: { kind: "app", to: "llm" }, llm: RTX },
        plant: { edge: { concurrency: 14, queue: 6 } },
        load: chat(8, { stages: HILL }),
      },
    ],
  },
  {
    name: "application CPU",
    right: ["application"],
    sizes: [
      {
        name: "agents",
        component: "agent",
        parts: { ...agent(H100), agent: { ...agent(H100)["agent"], time: "5ms", cores: 4 } },
        plant: { agent: { time: "600ms", cores: 2 } },
        load: chat(4.5, { stages: RAMP, slo: ["ttft.p95 < 8s", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "retry storm",
    right: ["retries"],
    sizes: [
      {
        name: "70b",
        parts: { edge: { kind: "gateway", to: "llm", timeout: "60s" }, llm: { ...H100X4, engine: { maxSeqs: 40 } } },
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
        name: "few entries behind a gateway",
        parts: {
          edge: { kind: "gateway", to: "answers" },
          answers: { kind: "response-cache", to: "llm", entries: 1000 },
          llm: { ...RTX, engine: { maxSeqs: 24 } },
        },
        plant: { answers: { entries: 3, singleFlight: false } },
        load: chat(25, { stages: STAIRS, slo: ["ttft.p95 < 400ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "slow network",
    right: ["network"],
    sizes: [
      {
        name: "before everything",
        parts: {
          world: { kind: "regions", home: "africa", to: { europe: "edge" }, rtt: { africa: { europe: "90ms" } } },
          ...behindAll(A100),
        },
        plant: { world: { rtt: { africa: { europe: { median: "1100ms", p99: "2s" } } } } },
        load: chat(7, { stages: HILL, slo: ["ttft.p95 < 1s", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "gateway's own time",
    right: ["gateway"],
    sizes: [
      {
        name: "before two pools, closed",
        parts: {
          edge: { kind: "gateway", to: "models", time: "2ms" },
          models: { kind: "router", rules: [], otherwise: { split: { left: 1, right: 1 } } },
          left: A100,
          right: sglang(A100),
        },
        plant: { edge: { time: { median: "900ms", p99: "1500ms" } } },
        load: crowd(40, "2s", { slo: ["ttft.p95 < 900ms", "errors.rate < 1%"] }),
      },
    ],
  },
];

export const AGAIN_HEALTHY: readonly Omit<Size, "plant">[] = [
  {
    name: "weibull bursts, sglang",
    parts: { llm: sglang(H100) },
    load: chat(15, { stages: HILL, arrivals: { process: "weibull", cv: 2.5 } }),
  },
  {
    name: "three quarters of the batch",
    parts: { llm: { ...A100, engine: { maxSeqs: 40 } } },
    load: chat(12, { stages: SOAK }),
  },
  { name: "conversations with long thought", parts: { llm: A100 }, load: talk(0.8, 6, 200, { stages: RAMP }) },
  {
    name: "long conversations, open",
    parts: { llm: { ...H100, replicas: 2, balancer: "session-hash" } },
    load: talk(0.5, 15, 150, { stages: LEVEL }),
  },
  {
    name: "agents behind a gateway",
    parts: { edge: { kind: "gateway", to: "agent" }, ...agent(sglang(H100)) },
    load: chat(1.2, { stages: SPIKE, slo: ["ttft.p95 < 10s", "errors.rate < 1%"] }),
  },
  {
    name: "fifteen seconds of much",
    parts: { llm: { ...H100, replicas: 2 } },
    load: chat(30, { stages: [{ steady: "15s", at: "1x" }] }),
  },
  { name: "one user", parts: { llm: H100X4 }, load: crowd(1, "0s", { stages: [{ steady: "90s", at: "1 user" }] }) },
  { name: "mixtral", parts: { llm: MIXTRAL }, load: chat(8, { stages: RAMP }) },
  { name: "two applications, closed", parts: twoApps(H100), load: crowd(48, "2s") },
  {
    name: "documents, well within",
    parts: { llm: { ...H100, replicas: 2 } },
    load: documents(5, 3000, 60, { stages: WAVE, slo: SLOW_START }),
  },
  {
    name: "a far provider",
    parts: { desk: { kind: "app", to: "provider" }, provider: { ...BOUGHT, ttft: { median: "900ms", p99: "2s" } } },
    load: chat(3, { stages: STAIRS, slo: ["ttft.p95 < 3s", "errors.rate < 1%"] }),
  },
  { name: "slots", parts: { llm: llamacpp(H100, 48) }, load: chat(10, { stages: HILL }) },
  { name: "one card older", parts: twoPools(A100, RTX), load: chat(10, { stages: STAIRS }) },
  { name: "down only", parts: { llm: A100 }, load: chat(14, { stages: [{ ramp: "120s", from: "1x", to: "0.1x" }] }) },
];
