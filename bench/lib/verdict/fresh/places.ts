import type { Kind } from "../types.ts";
import { chat, crowd, documents, HILL, LEVEL, RAMP, SOAK, SPIKE, STAIRS, WAVE } from "./loads.ts";
import { A100, agent, BOUGHT, behindAll, H100, RTX, sglang, twoApps } from "./stacks.ts";

const three = (pool: Readonly<Record<string, unknown>>, split: Readonly<Record<string, number>>) => ({
  models: { kind: "router", rules: [], otherwise: { split } },
  north: pool,
  south: pool,
  west: pool,
});
const EVEN = { north: 1, south: 1, west: 1 };
const AUTH = { kind: "station", stage: "auth", servers: 8, service: { median: "5ms", p99: "20ms" } };

/** Weaknesses of replicas, routes, fronts and what stands beside the model, on stacks that rules were never written with. */
export const FRESH_PLACES: readonly Kind[] = [
  {
    name: "sick replica",
    right: ["sick-replica"],
    sizes: [
      {
        name: "throttled from the middle on",
        parts: { llm: { ...A100, replicas: 3 } },
        plant: { llm: { balancer: "least-outstanding", faults: [{ do: "slow", at: "60s", replica: 2, factor: 5 }] } },
        load: chat(12, { stages: STAIRS, slo: ["tpot.p95 < 25ms", "errors.rate < 1%"] }),
      },
      {
        name: "one of five, sglang",
        parts: { llm: { ...sglang(H100), replicas: 5, balancer: "random" } },
        plant: { llm: { faults: [{ do: "slow", replica: 0, factor: 4 }] } },
        load: chat(25, { stages: RAMP, slo: ["tpot.p95 < 16ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "router skew",
    right: ["imbalance"],
    sizes: [
      {
        name: "three H100s",
        parts: three({ ...H100, engine: { maxSeqs: 16 } }, EVEN),
        plant: { models: { otherwise: { split: { north: 5, south: 1, west: 1 } } } },
        load: chat(25, { stages: RAMP }),
      },
      {
        name: "sticky, 4090s, closed",
        parts: three({ ...RTX, engine: { maxSeqs: 20 } }, EVEN),
        plant: { models: { otherwise: { split: { north: 1, south: 10, west: 1 } }, sticky: true } },
        load: crowd(72, "2s"),
      },
    ],
  },
  {
    name: "cold start",
    right: ["cold-start"],
    sizes: [
      {
        name: "a crowd after rest",
        parts: { llm: { ...A100, engine: { maxSeqs: 16 }, replicas: 4, balancer: "least-outstanding" } },
        plant: {
          llm: {
            replicas: undefined,
            autoscale: {
              min: 1,
              max: 5,
              metric: "running",
              target: 10,
              coldStart: { node: "30s", image: "20s", weights: "15s", init: "15s" },
            },
          },
        },
        load: chat(20, { stages: [{ rest: "40s" }, { steady: "140s", at: "1x" }] }),
      },
      {
        name: "two of three still load",
        parts: { llm: { ...H100, engine: { maxSeqs: 16 }, replicas: 3 } },
        plant: {
          llm: { cold: 2, unready: "hold", coldStart: { node: "0s", image: "20s", weights: "40s", init: "20s" } },
        },
        load: chat(18, { stages: SOAK }),
      },
    ],
  },
  {
    name: "slow retrieval",
    right: ["dependency"],
    component: "index",
    sizes: [
      {
        name: "restarts cold",
        parts: {
          desk: { kind: "app", to: "llm", steps: [{ call: "index", adds: 200 }] },
          index: { kind: "vector-db", servers: 2, service: { median: "10ms", p99: "40ms" } },
          llm: H100,
        },
        plant: { index: { restarts: ["70s"], warmUp: { factor: 80, queries: 250 } } },
        load: chat(10, { stages: STAIRS }),
      },
      {
        name: "beside another search",
        parts: {
          desk: { kind: "app", to: "llm", steps: [{ parallel: [{ call: "index", adds: 200 }, { call: "profile" }] }] },
          index: { kind: "vector-db", servers: 4, service: { median: "10ms", p99: "40ms" } },
          profile: { kind: "station", stage: "retrieve", servers: 4, service: { median: "20ms", p99: "60ms" } },
          llm: RTX,
        },
        plant: { index: { servers: 1, service: { median: "110ms", p99: "400ms" } } },
        load: chat(11, { stages: HILL }),
      },
    ],
  },
  {
    name: "embedding queue",
    right: ["dependency"],
    component: "vectoriser",
    sizes: [
      {
        name: "shared by two",
        parts: twoApps(A100),
        plant: { vectoriser: { fixed: "150ms", batch: 2 } },
        load: chat(17, { stages: WAVE }),
      },
      {
        name: "slow for long texts",
        parts: twoApps(H100),
        plant: { vectoriser: { perToken: "0.6ms" } },
        load: documents(5, 500, 100, { stages: RAMP }),
      },
    ],
  },
  {
    name: "slow tool",
    right: ["dependency"],
    sizes: [
      {
        name: "an agent's browser",
        component: "browser",
        parts: agent(A100),
        plant: { browser: { servers: 3 } },
        load: chat(2.6, { stages: HILL, slo: ["ttft.p95 < 9s", "errors.rate < 1%"] }),
      },
      {
        name: "guard fails for a while",
        component: "guard",
        parts: {
          edge: { kind: "gateway", to: "desk" },
          desk: { kind: "app", to: "llm", steps: [{ call: "guard" }] },
          guard: { kind: "station", stage: "guard", servers: 8, service: { median: "30ms", p99: "90ms" } },
          llm: H100,
        },
        plant: { guard: { outages: [{ from: "60s", for: "40s", status: 503, share: 0.5 }] } },
        load: chat(8, { stages: SOAK }),
      },
    ],
  },
  {
    name: "slow sign-on",
    right: ["dependency"],
    component: "keys",
    sizes: [
      {
        name: "before two pools",
        parts: {
          edge: { kind: "gateway", to: "models", auth: "keys" },
          keys: AUTH,
          models: { kind: "router", rules: [], otherwise: { split: { left: 1, right: 1 } } },
          left: A100,
          right: sglang(A100),
        },
        plant: { keys: { servers: 1, service: { median: "90ms", p99: "250ms" } } },
        load: chat(14, { stages: RAMP }),
      },
    ],
  },
  {
    name: "rate limit",
    right: ["rate-limit"],
    sizes: [
      {
        name: "tokens a minute",
        parts: { provider: BOUGHT },
        plant: { provider: { tokensPerMinute: 4500, burst: "10s" } },
        load: chat(3, { stages: WAVE, slo: ["ttft.p95 < 2s", "errors.rate < 1%"] }),
      },
      {
        name: "output tokens a minute",
        parts: { desk: { kind: "app", to: "provider", time: "3ms" }, provider: { ...BOUGHT, dialect: "anthropic" } },
        plant: { provider: { outputTokensPerMinute: 14_000, burst: "15s" } },
        load: chat(3, { stages: HILL, slo: ["ttft.p95 < 2s", "errors.rate < 1%"] }),
      },
      {
        name: "a key's tokens, closed",
        parts: { edge: { kind: "gateway", to: "llm" }, llm: sglang(H100) },
        plant: { edge: { limits: { tokensPerMinute: 20_000, burst: "10s" } } },
        load: crowd(40, "1s"),
      },
    ],
  },
  {
    name: "connection cap",
    right: ["connections"],
    sizes: [
      {
        name: "workers behind everything",
        parts: behindAll(H100),
        plant: { desk: { concurrency: 9 } },
        load: chat(14, { stages: RAMP }),
      },
      {
        name: "gateway gives up waiting",
        parts: { edge: { kind: "gateway", to: "llm" }, llm: sglang(A100) },
        plant: { edge: { concurrency: 12, queueTimeout: "2s" } },
        load: chat(11, { stages: STAIRS }),
      },
      {
        name: "provider takes few at once",
        right: ["connections", "rate-limit"],
        parts: { provider: BOUGHT },
        plant: { provider: { concurrency: 9 } },
        load: chat(6, { stages: HILL, slo: ["ttft.p95 < 2s", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "application CPU",
    right: ["application"],
    sizes: [
      {
        name: "before a router",
        parts: behindAll(H100),
        plant: { desk: { time: "110ms", cores: 1 } },
        load: chat(12, { stages: RAMP }),
      },
      {
        name: "one of two applications",
        component: "desk",
        parts: twoApps(A100),
        plant: { desk: { time: "170ms", cores: 1 } },
        load: chat(15, { stages: STAIRS }),
      },
    ],
  },
  {
    name: "retry storm",
    right: ["retries"],
    sizes: [
      {
        name: "impatient gateway",
        parts: { edge: { kind: "gateway", to: "llm", timeout: "60s" }, llm: { ...A100, engine: { maxSeqs: 36 } } },
        plant: {
          edge: {
            timeout: { firstToken: "1500ms", total: "60s" },
            orphans: true,
            retries: { count: 5, backoff: "50ms", jitter: "none" },
          },
        },
        load: chat(7, {
          stages: [
            { baseline: "40s", at: "0.4x" },
            { spike: "20s", from: "0.4x", to: "2x" },
            { steady: "90s", at: "0.6x" },
          ],
          slo: ["ttft.p95 < 8s", "errors.rate < 1%"],
        }),
      },
      {
        name: "sglang, H100",
        parts: { edge: { kind: "gateway", to: "llm", timeout: "60s" }, llm: sglang(H100, { maxSeqs: 36 }) },
        plant: "retry-storm",
        load: chat(12, {
          stages: [
            { steady: "50s", at: "0.3x" },
            { spike: "20s", from: "0.3x", to: "2.2x" },
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
        name: "flushed once, H100",
        parts: {
          cache: { kind: "response-cache", to: "llm", entries: 1000 },
          llm: { ...H100, engine: { maxSeqs: 24 } },
        },
        plant: { cache: { singleFlight: false, flushes: ["50s", "90s", "130s"] } },
        load: chat(60, { stages: LEVEL, slo: ["ttft.p99 < 250ms", "errors.rate < 1%"] }),
      },
      {
        name: "too small, sglang",
        parts: { cache: { kind: "response-cache", to: "llm", entries: 1000 }, llm: sglang(A100, { maxSeqs: 32 }) },
        plant: { cache: { entries: 4 } },
        load: chat(40, { stages: STAIRS, slo: ["ttft.p95 < 400ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "slow network",
    right: ["network"],
    sizes: [
      {
        name: "the far region",
        parts: {
          world: { kind: "regions", home: "asia", to: { europe: "llm" }, rtt: { asia: { europe: "80ms" } } },
          llm: H100,
        },
        plant: { world: { rtt: { asia: { europe: { median: "900ms", p99: "1600ms" } } } } },
        load: chat(6, { stages: RAMP, slo: ["ttft.p95 < 800ms", "errors.rate < 1%"] }),
      },
      {
        name: "a line with losses",
        parts: {
          world: { kind: "regions", home: "asia", to: { europe: "llm" }, rtt: { asia: { europe: "80ms" } } },
          llm: sglang(A100),
        },
        plant: { world: { rtt: { asia: { europe: { median: "100ms", p99: "4s" } } } } },
        load: chat(6, { stages: SPIKE, slo: ["ttft.p95 < 800ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "gateway's own time",
    right: ["gateway"],
    sizes: [
      {
        name: "slow rules",
        parts: { edge: { kind: "gateway", to: "desk", time: "3ms" }, desk: { kind: "app", to: "llm" }, llm: H100 },
        plant: { edge: { time: { median: "700ms", p99: "2s" } } },
        load: chat(7, { stages: STAIRS, slo: ["ttft.p95 < 800ms", "errors.rate < 1%"] }),
      },
    ],
  },
];
