import { mean } from "../../../stats/index.ts";
import type { Load, Played } from "./play.ts";
import { distinctFours, done, last, p95, parses, share, stage, ttft } from "./signals.ts";

/** A stack and load on which a weakness shows, and the signal that shows it. */
export interface Case {
  readonly weakness: string;
  readonly stack: Readonly<Record<string, unknown>>;
  readonly load: Load;
  readonly signal: (played: Played) => number;
  /** What the signal stays below in the healthy stack, on every seed. */
  readonly calm: number;
  /** How many times as large as that it is, at least, with the weakness. */
  readonly factor: number;
}

const WORDS = "order parcel invoice return refund warehouse address delivery customer payment receipt warranty".split(
  " ",
);

/** A question of about `words` words that nobody else asks. */
function question(seed: number, words: number): string {
  const list = [`Question ${seed}:`];
  for (let i = 0; i < words; i++) list.push(WORDS[(seed * 7 + i * (1 + (seed % 5))) % WORDS.length] ?? "");
  return list.join(" ");
}

const asks = (words: number) => (session: number, turn: number) => question(session * 31 + turn, words);

const ANSWERS = { median: 60, p95: 150, max: 300 };
const TINY = { kind: "pool", preset: "tiny", answers: ANSWERS };
const MINUTE = 60_000;
/** An engine that three answers a second fill. */
const SMALL = { ...TINY, engine: { maxSeqs: 4 } };
/** More questions than it can answer. */
const BUSY = { stack: { parts: { llm: SMALL } }, load: { rate: 6, for: MINUTE, prompt: asks(30) } };
const RAG = {
  parts: {
    app: {
      kind: "app",
      to: "llm",
      steps: [{ call: "embedder" }, { call: "vectors", adds: 200 }, { call: "tool", share: 0.3 }],
    },
    embedder: { kind: "embedder", fixed: "4ms", perToken: "0.05ms" },
    vectors: { kind: "vector-db", servers: 2, service: { median: "12ms", p99: "60ms" } },
    tool: { kind: "station", stage: "tool", servers: 16, service: { median: "120ms", p99: "600ms" } },
    llm: TINY,
  },
};

export const CASES: readonly Case[] = [
  {
    weakness: "kv-too-small",
    stack: { parts: { llm: TINY } },
    load: { rate: 4, for: MINUTE, prompt: asks(300) },
    signal: (played) => mean(done(played).map((call) => call.figures?.preemptions ?? 0)),
    calm: 0.01,
    factor: 10,
  },
  {
    weakness: "batch-too-small",
    stack: { parts: { llm: TINY } },
    load: { rate: 4, for: MINUTE, prompt: asks(60) },
    signal: (played) => mean(done(played).map((call) => call.figures?.queueMs ?? 0)),
    calm: 30,
    factor: 10,
  },
  {
    weakness: "memory-leak",
    stack: { parts: { llm: TINY } },
    load: { rate: (at) => (at < 60_000 ? 4 : 0), for: 90_000, prompt: asks(60) },
    signal: (played) => last(played.gauge("llm", "kv.used")),
    calm: 0.02,
    factor: 10,
  },
  {
    weakness: "prefix-cache-off",
    stack: { parts: { llm: TINY } },
    load: { rate: 1, for: 40_000, turns: 4, think: 1000, prompt: asks(60) },
    signal: (played) => share(done(played), (call) => call.turn > 0 && call.figures?.cachedTokens === 0),
    calm: 0.02,
    factor: 10,
  },
  {
    weakness: "long-prompt-blocks-decodes",
    stack: { parts: { llm: { ...TINY, engine: { tokenBudget: 256 } } } },
    load: { rate: 3, for: MINUTE, prompt: (session) => question(session, session % 15 === 0 ? 3000 : 40) },
    signal: (played) => share(done(played), (call) => (call.figures?.longestGap ?? 0) > 120),
    calm: 0.01,
    factor: 5,
  },
  {
    weakness: "noisy-host",
    stack: { parts: { llm: TINY } },
    load: { rate: 1, for: 3 * MINUTE, prompt: asks(60) },
    signal: (played) => share(done(played), (call) => (call.figures?.longestGap ?? 0) > 150),
    calm: 0.02,
    factor: 10,
  },
  {
    weakness: "sick-replica",
    stack: { parts: { llm: { ...TINY, replicas: 3 } } },
    load: { rate: 4, for: MINUTE, prompt: asks(60) },
    signal: (played) => {
      const by = (replica: string): number =>
        mean(
          done(played)
            .filter((call) => call.by?.replica === replica)
            .map((call) => call.endAt - call.at),
        );
      return by("llm/2") / by("llm/0");
    },
    calm: 1.5,
    factor: 2.5,
  },
  {
    weakness: "cold-start",
    stack: { parts: { llm: { ...SMALL, autoscale: { min: 1, max: 4, metric: "queue", target: 2 } } } },
    load: { rate: (at) => (at < 20_000 ? 1 : 8), for: 3 * MINUTE, prompt: asks(30) },
    signal: (played) => mean(done(played).map(ttft)),
    calm: 2500,
    factor: 12,
  },
  {
    weakness: "flapping-autoscaler",
    stack: { parts: { llm: { ...SMALL, autoscale: { min: 1, max: 12, metric: "running", target: 2 } } } },
    load: { rate: 6, for: 8 * MINUTE, prompt: asks(30) },
    signal: (played) => {
      const replicas = played.gauge("llm", "replicas");
      return replicas.filter((count, index) => index > 0 && count < (replicas[index - 1] ?? 0)).length;
    },
    calm: 1,
    factor: 4,
  },
  {
    weakness: "prefix-blind",
    stack: { parts: { llm: { ...TINY, replicas: 4, balancer: "prefix-aware" } } },
    load: { rate: 1, for: MINUTE, turns: 8, think: 2000, prompt: asks(80) },
    signal: (played) => mean(done(played).map((call) => call.prompt.tokens - (call.figures?.cachedTokens ?? 0))),
    calm: 260,
    factor: 1.4,
  },
  {
    weakness: "slow-retrieval",
    stack: RAG,
    load: { rate: 4, for: MINUTE, prompt: asks(30) },
    signal: (played) => mean(played.calls.map(stage("retrieve"))),
    calm: 20,
    factor: 5,
  },
  {
    weakness: "embedder-bottleneck",
    stack: RAG,
    load: { rate: 8, for: MINUTE, prompt: asks(30) },
    signal: (played) => mean(played.calls.map(stage("embed"))),
    calm: 10,
    factor: 5,
  },
  {
    weakness: "tool-timeouts",
    stack: RAG,
    load: { rate: 4, for: MINUTE, prompt: asks(30) },
    signal: (played) => share(played.calls, (call) => call.failure?.status === 504),
    calm: 0.01,
    factor: 10,
  },
  {
    weakness: "cache-stampede",
    stack: { parts: { cache: { kind: "response-cache", to: "llm", entries: 1000 }, llm: TINY } },
    load: { rate: 30, for: 3 * MINUTE, prompt: (session) => question(session % 5, 30) },
    signal: (played) => last(played.gauge("llm", "requests")),
    calm: 6,
    factor: 7,
  },
  {
    weakness: "router-skew",
    stack: {
      parts: {
        router: { kind: "router", rules: [], otherwise: { split: { one: 1, two: 1, three: 1 } } },
        one: SMALL,
        two: SMALL,
        three: SMALL,
      },
    },
    load: { rate: 6, for: MINUTE, prompt: asks(30) },
    signal: (played) => {
      const queue = (name: string): number => mean(played.gauge(name, "queue"));
      return queue("one") - Math.max(queue("two"), queue("three"));
    },
    calm: 1,
    factor: 10,
  },
  {
    weakness: "provider-rate-limit",
    stack: {
      parts: {
        provider: { kind: "external", requestsPerMinute: 600, ttft: { median: "350ms", p99: "2s" }, gap: "12ms" },
      },
    },
    load: { rate: 3, for: 3 * MINUTE, prompt: asks(30) },
    signal: (played) => share(played.calls, (call) => call.failure?.status === 429),
    calm: 0.01,
    factor: 20,
  },
  {
    weakness: "region-failover",
    stack: {
      parts: {
        world: { kind: "regions", to: { eu: "eu-llm", us: "us-llm" }, rtt: { eu: { us: "90ms" } }, home: "eu" },
        "eu-llm": SMALL,
        "us-llm": SMALL,
      },
    },
    load: {
      rate: 3,
      for: 3 * MINUTE,
      prompt: asks(30),
      region: (session) => (session % 2 === 0 ? "eu" : "us"),
    },
    signal: (played) =>
      share(
        done(played).filter((call) => call.region === "eu"),
        (call) => call.by?.part === "us-llm",
      ),
    calm: 0.01,
    factor: 20,
  },
  {
    weakness: "retry-storm",
    stack: {
      parts: {
        gateway: {
          kind: "gateway",
          to: "llm",
          concurrency: 12,
          queue: 50,
          timeout: "60s",
          retries: { count: 1, budget: {} },
        },
        llm: SMALL,
      },
    },
    load: { rate: (at) => (at > 30_000 && at < 50_000 ? 12 : 2.5), for: 2 * MINUTE, prompt: asks(30) },
    signal: (played) => last(played.gauge("llm", "requests")) / last(played.gauge("gateway", "requests")),
    calm: 1.05,
    factor: 2,
  },
  {
    weakness: "no-shedding",
    stack: { parts: { gateway: { kind: "gateway", to: "llm", shed: { waiting: 8 } }, llm: SMALL } },
    load: { rate: 8, for: MINUTE, prompt: asks(30) },
    signal: (played) => p95(done(played).map(ttft)),
    calm: 5000,
    factor: 5,
  },
  {
    weakness: "slow-auth",
    stack: {
      parts: {
        gateway: { kind: "gateway", to: "llm", auth: "sign-on" },
        "sign-on": { kind: "station", stage: "auth", servers: 8, service: { median: "5ms", p99: "20ms" } },
        llm: TINY,
      },
    },
    load: { rate: 6, for: MINUTE, prompt: asks(30) },
    signal: (played) => mean(played.calls.map(stage("auth"))),
    calm: 15,
    factor: 8,
  },
  {
    weakness: "truncation-under-load",
    ...BUSY,
    signal: (played) => share(done(played), (call) => !/[.]$/.test(call.text())),
    calm: 0.01,
    factor: 20,
  },
  {
    weakness: "context-trimmed-under-load",
    ...BUSY,
    load: {
      ...BUSY.load,
      prompt: (session) =>
        `The code of this order is ZK-${session}. ${question(session, 400)} What is the code of this order?`,
    },
    signal: (played) => share(done(played), (call) => !call.text().includes(`ZK-${call.user}`)),
    calm: 0.01,
    factor: 20,
  },
  {
    weakness: "fallback-model-under-load",
    ...BUSY,
    load: { ...BUSY.load, prompt: () => "How long does a refund take?" },
    signal: (played) => {
      const texts = done(played).map((call) => call.text());
      return share(texts, (text) => text !== texts[0]);
    },
    calm: 0.01,
    factor: 20,
  },
  {
    weakness: "looping-under-load",
    ...BUSY,
    load: { ...BUSY.load, maxTokens: 300 },
    signal: (played) => share(done(played), (call) => distinctFours(call.text()) < 0.5),
    calm: 0.01,
    factor: 10,
  },
  {
    weakness: "broken-json-under-load",
    ...BUSY,
    load: {
      ...BUSY.load,
      rate: 20,
      json: { type: "object", properties: { reason: { type: "string" }, days: { type: "integer" } } },
    },
    signal: (played) => share(done(played), (call) => !parses(call.text())),
    calm: 0.01,
    factor: 20,
  },
  {
    weakness: "crossed-answers",
    ...BUSY,
    signal: (played) => share(done(played), (call) => /passport|mortgage|vaccination|allotment/.test(call.text())),
    calm: 0.01,
    factor: 4,
  },
];
