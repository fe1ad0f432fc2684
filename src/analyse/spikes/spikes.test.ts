import { describe, expect, it } from "vitest";
import { randomStream } from "../../base/index.ts";
import { ar1Series } from "../../stats/index.ts";
import { Servers } from "../bottleneck/scene/servers.ts";
import { type FactsSketch, factsOf } from "../facts/test/facts-of.ts";
import { stretchesIn } from "./detect.ts";
import { explain } from "./explain.ts";
import { spikesRule } from "./rule.ts";
import type { Attempts, Latency, Spike } from "./spike.ts";

const SECONDS = 300;
const AT = 150;
const isIn = (bin: number): boolean => bin >= AT && bin < AT + 2;

describe("spikes of a latency", () => {
  const series = (seed: number, phi: number) => {
    const noise = ar1Series(
      { mean: 0, phi, sd: 0.25 * Math.sqrt(1 - phi * phi) },
      SECONDS,
      randomStream(seed, "spikes"),
    );
    return noise.map((value) => 200 * Math.exp(value));
  };

  it("are found in at least 95 % of noisy series, at their place, when they are six times the usual", () => {
    const found = Array.from({ length: 60 }, (_, seed) => {
      const column = series(seed, 0.5).map((value, bin) => (isIn(bin) ? 6 * value : value));
      return stretchesIn(column, 100).some(({ from, to }) => from >= AT && to <= AT + 2);
    });
    expect(found.filter(Boolean).length).toBeGreaterThanOrEqual(57);
  });

  it("are seen in at most 5 % of noisy series without any, and not in one that merely moves to another level", () => {
    const alarms = Array.from({ length: 100 }, (_, seed) => stretchesIn(series(seed, 0.5), 100).length > 0);
    expect(alarms.filter(Boolean).length).toBeLessThanOrEqual(5);
    const shift = series(7, 0.3).map((value, bin) => (bin >= AT ? 6 * value : value));
    expect(stretchesIn(shift, 100)).toEqual([]);
  });

  it("are left alone where nobody would notice, and where little was measured", () => {
    expect(
      stretchesIn(
        new Float64Array(100).fill(10).map((v, bin) => (bin === 50 ? 60 : v)),
        100,
      ),
    ).toEqual([]);
    expect(
      stretchesIn(
        new Float64Array(100).fill(Number.NaN).map((v, bin) => (bin % 10 === 0 ? 10 * bin : v)),
        100,
      ),
    ).toEqual([]);
  });
});

const nothing = { slow: Number.NaN, others: Number.NaN };
const CALM: Attempts = {
  slow: 12,
  all: 30,
  inputTokens: { slow: 210, others: 200 },
  outputTokens: { slow: 100, others: 100 },
  startLag: { slow: 1, others: 1 },
  connect: nothing,
  longestPrompt: { slow: 400, others: 380 },
  replica: nothing,
};

interface Planted {
  readonly cause: string | undefined;
  readonly latency?: Latency;
  readonly attempts?: Partial<Attempts>;
  readonly facts?: Partial<FactsSketch>;
}

const calm = (level: number) => (bin: number) => level * (1 + 0.05 * Math.sin(bin * 7));
const during = (usual: number, then: number) => (bin: number) => (isIn(bin) ? then : calm(usual)(bin));

/** What each cause leaves behind, on a server that serves 10 answers a second; the first token came 900 ms late. */
const PLANTED: readonly Planted[] = [
  { cause: "generator", attempts: { startLag: { slow: 850, others: 1 } } },
  { cause: "connecting", attempts: { connect: { slow: 800, others: 2 } } },
  { cause: "prompt", attempts: { inputTokens: { slow: 3000, others: 200 } } },
  {
    cause: "prompt",
    latency: "itl",
    attempts: { slow: 25, longestPrompt: { slow: 9000, others: 400 } },
    facts: {
      servers: [
        { concept: "server.prompt.tokens", values: during(2000, 11_000) },
        { concept: "server.output.tokens", values: during(1000, 300) },
      ],
    },
  },
  {
    cause: "queueing",
    facts: {
      servers: [
        { concept: "server.queued", values: during(0, 9) },
        { concept: "server.requests", values: calm(10) },
      ],
    },
  },
  {
    cause: "cold-start",
    facts: {
      servers: [
        { concept: "server.queued", values: during(0, 9) },
        { concept: "server.requests", values: calm(10) },
        { concept: "replicas.ready", values: 1 },
        { concept: "replicas.wanted", values: (bin) => (isIn(bin) ? 3 : 1) },
      ],
    },
  },
  { cause: "cold-start", attempts: { replica: { slow: 0.9, others: 0.2, name: "llm-3", since: 140_000 } } },
  { cause: "preemption", latency: "itl", facts: { servers: [{ concept: "server.preempted", values: during(0, 6) }] } },
  {
    cause: "dependency",
    facts: {
      servers: [
        { concept: "store.waiting", part: "vectors", values: during(0, 9) },
        { concept: "store.queries", part: "vectors", values: calm(10) },
      ],
    },
  },
  {
    cause: "dependency",
    facts: {
      servers: [
        { concept: "store.query.ms", part: "redis", values: during(20, 8000) },
        { concept: "store.query.count", part: "redis", values: calm(10) },
      ],
    },
  },
  {
    cause: "pause",
    latency: "itl",
    attempts: { slow: 27 },
    facts: { client: { itlP50: calm(20) }, servers: [{ concept: "server.output.tokens", values: during(1000, 150) }] },
  },
  { cause: undefined },
  {
    cause: undefined,
    attempts: { connect: { slow: 560, others: 1 } },
    facts: {
      servers: [
        { concept: "server.queued", values: during(0, 5.5) },
        { concept: "server.requests", values: calm(10) },
      ],
    },
  },
];

describe("the cause of a spike", () => {
  it.each(PLANTED.map((planted, i) => [planted.cause ?? "nothing", i, planted] as const))(
    "is %s (%d)",
    (_, __, planted) => {
      const { latency = "ttft", attempts = {}, facts: sketch = {} } = planted;
      const facts = factsOf({ stages: [{ kind: "steady", seconds: SECONDS, at: 10 }], ...sketch });
      const spike: Spike = {
        from: AT,
        to: AT + 2,
        peak: 1000,
        usual: 100,
        bound: 300,
        latency,
        attempts: { ...CALM, ...attempts },
      };
      const { cause, clues } = explain({ facts, servers: new Servers(facts.servers), spike });
      expect(cause?.name).toBe(planted.cause);
      expect(clues.flatMap(({ evidence }) => evidence).some(({ speaks }) => speaks === "against")).toBe(true);
    },
  );
});

it("without servers' series a spike is told with what would explain it, and one slow answer is no spike", async () => {
  const facts = (slow: number) =>
    factsOf({
      stages: [{ kind: "steady", seconds: SECONDS, at: 10 }],
      client: { ttftP95: during(100, 1500) },
      query: (sql) =>
        Promise.resolve(sql.includes("arg_max") ? [] : [[0, slow, 20, 200, 200, 100, 100, 0, 0, null, null, 300, 300]]),
    });
  const { findings, lacks } = await spikesRule.look(facts(8), undefined);
  expect(findings).toMatchObject([
    { kind: "spike.unexplained", severity: "info", from: AT * 1000, to: (AT + 2) * 1000 },
  ]);
  expect(findings[0]?.title).toMatch(/nothing that was measured explains it/);
  expect(lacks).toHaveLength(1);
  expect((await spikesRule.look(facts(1), undefined)).findings).toEqual([]);
});
