import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../base/index.ts";
import { type FactsSketch, factsOf } from "../facts/test/facts-of.ts";
import type { RuleResult } from "../verdict/rule.ts";
import { bottleneck } from "./rule.ts";

/** A minute of low load, a climb, a minute of four times as much. */
const CLIMB: FactsSketch["stages"] = [
  { kind: "steady", seconds: 60, at: 2 },
  { kind: "ramp", seconds: 60, from: 2, to: 8 },
  { kind: "steady", name: "peak", seconds: 60, at: 8 },
];
const SLO = ["ttft.p95 < 800ms", "errors.rate < 1%"];
/** The load from which on something gives way in these sketches, and what it is at the peak. */
const [KNEE, PEAK] = [5, 8];

type Shape = (bin: number, asked: number) => number;

/** Even figures with a little noise, times what happens beyond the knee. */
const around =
  (value: number, beyond = 1): Shape =>
  (bin, asked) => {
    const noise = 1 + 0.05 * Math.sin(bin * 12.9898);
    const share = Math.max(0, Math.min(1, (asked - KNEE) / (PEAK - KNEE)));
    return value * noise * (1 + (beyond - 1) * share);
  };
/** Nothing before the knee, then up to a value. */
const beyond =
  (value: number): Shape =>
  (_, asked) =>
    asked > KNEE ? (value * (asked - KNEE)) / (PEAK - KNEE) : 0;

interface Hurt {
  readonly ttft?: number;
  readonly tpot?: number;
  readonly client?: FactsSketch["client"];
  readonly load?: FactsSketch["load"];
  readonly servers?: FactsSketch["servers"];
  readonly generator?: FactsSketch["generator"];
  readonly query?: FactsSketch["query"];
  readonly held?: boolean;
}

/** A run that is well up to the knee; beyond, first tokens take `ttft` times as long, tokens `tpot` times. Little's law holds in it. */
function look({ ttft = 1, tpot = 1, held = false, ...more }: Hurt): Promise<RuleResult> | RuleResult {
  const first = around(200, ttft);
  const token = around(15, tpot);
  const whole: Shape = (bin, asked) => first(bin, asked) + 60 * token(bin, asked);
  const facts = factsOf({
    stages: CLIMB,
    slo: SLO,
    load: { inFlight: (bin, asked) => (asked * whole(bin, asked)) / 1000, ...more.load },
    client: {
      ttftMean: first,
      ttftP50: first,
      ttftP95: (bin, asked) => 1.5 * first(bin, asked),
      tpotP50: token,
      responseP50: whole,
      itlP50: token,
      itlP99: (bin, asked) => 2 * token(bin, asked),
      inputTokens: around(100),
      outputTokens: around(60),
      ...more.client,
    },
    servers: more.servers ?? [],
    ...(more.generator === undefined ? {} : { generator: more.generator }),
    ...(more.query === undefined ? {} : { query: more.query }),
    summary: {
      thresholds: SLO.map((expression) => ({
        expression,
        observed: 1,
        held: held || expression !== SLO[0],
        samples: 900,
        unit: "ms",
      })),
    },
  });
  return bottleneck.look(facts, undefined);
}

const firstOf = ({ bottleneck: named, findings }: RuleResult) => findings.find(({ id }) => id === named?.first);

/** Waiting that lengthens an attempt from 1.1 s to so many ms at the peak, as requests that wait. */
const queueOf =
  (ms: number): Shape =>
  (bin, asked) =>
    (beyond(ms)(bin, asked) * asked) / 1000;

describe("what gives way first", () => {
  it("is the batch where requests queue before a full batch that has memory and time left", async () => {
    const result = await look({
      ttft: 12,
      servers: [
        { concept: "server.queued", values: queueOf(2200) },
        { concept: "server.running", values: (_, asked) => (asked > KNEE ? 8 : asked) },
        { concept: "server.kv.used", values: around(0.2) },
        { concept: "server.output.tokens", values: around(400) },
      ],
    });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.batch-limit", component: "llm", severity: "high" });
  });

  it("is the replica that dies where it drops all that it runs and answers break off in those very seconds", async () => {
    const away = (bin: number): boolean => [130, 150].some((at) => bin >= at && bin < at + 8);
    const failing: Shape = (bin) => ([130, 150].includes(bin) ? 6 : 0);
    const result = await look({
      load: { errors: failing, answered: (bin, asked) => asked - failing(bin, asked) },
      servers: ["a", "b", "c"].flatMap((replica) => [
        {
          concept: "server.running" as const,
          replica,
          values: (bin: number) => (replica === "b" && away(bin) ? 0 : 5),
        },
        { concept: "server.output.tokens" as const, replica, values: around(100) },
      ]),
    });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.sick-replica", component: expect.stringMatching(/b$/) });
  });

  it("is the cache where questions that were asked before find nothing, at any load, and the model queues for it", async () => {
    const result = await look({
      ttft: 12,
      query: async (sql) => (sql.includes("DISTINCT (persona") ? [[1000, 1000, 40]] : []),
      servers: [
        { concept: "cache.hits", part: "answers", values: (_, asked) => asked * 0.1 },
        { concept: "cache.misses", part: "answers", values: (_, asked) => asked * 0.9 },
        { concept: "server.queued", part: "llm", values: queueOf(2200) },
        { concept: "server.running", part: "llm", values: (_, asked) => (asked > KNEE ? 8 : asked) },
        { concept: "server.kv.used", part: "llm", values: around(0.2) },
        { concept: "server.output.tokens", part: "llm", values: around(400) },
      ],
    });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.cache", component: "answers" });
  });

  it("is not the pace of the tokens where only first tokens are late, by more than a step explains", async () => {
    const result = await look({
      ttft: 12,
      tpot: 3,
      servers: [
        { concept: "server.queued", values: () => 0 },
        { concept: "server.running", values: around(2, 6) },
        { concept: "server.kv.used", values: around(0.2) },
        { concept: "server.output.tokens", values: around(400) },
      ],
    });
    expect(firstOf(result)?.kind).not.toBe("bottleneck.decode");
  });

  it("is memory where the cache is full and answers are pushed out", async () => {
    const result = await look({
      ttft: 12,
      tpot: 1.5,
      servers: [
        { concept: "server.queued", values: queueOf(2200) },
        { concept: "server.running", values: (bin, asked) => Math.min(asked, 6 + (bin % 3)) },
        { concept: "server.kv.used", values: (_, asked) => Math.min(0.97, asked / 6) },
        { concept: "server.preempted", values: beyond(0.5) },
        { concept: "server.output.tokens", values: around(400) },
      ],
    });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.kv-cache", severity: "high" });
  });

  it("is decoding where tokens slow down as more answers run and nobody queues", async () => {
    const result = await look({
      tpot: 4,
      servers: [
        { concept: "server.queued", values: 0 },
        { concept: "server.running", values: (_, asked) => asked * 4 },
        { concept: "server.kv.used", values: around(0.3) },
        { concept: "server.output.tokens", values: (_, asked) => 60 * asked },
      ],
    });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.decode" });
  });

  it("is the store in which requests wait while the model has nothing to do", async () => {
    const result = await look({
      ttft: 12,
      servers: [
        { concept: "store.waiting", part: "vectors", server: "qdrant", values: queueOf(2200) },
        { concept: "store.active", part: "vectors", server: "qdrant", values: around(1) },
        { concept: "server.queued", values: 0 },
        { concept: "server.running", values: (_, asked) => asked },
        { concept: "server.output.tokens", values: around(400) },
      ],
    });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.dependency", component: "vectors" });
  });

  it("is the provider's limit where attempts are turned away with 429, without a server observed", async () => {
    const result = await look({ client: { rateLimited: beyond(3) }, load: { errors: beyond(3) } });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.rate-limit", severity: "high" });
  });

  it("is the replica whose answers are slow, by the name that answers carry, without a server observed", async () => {
    const rows = [
      ["a", 200, 210, 15],
      ["b", 200, 205, 14.5],
      ["c", 190, 600, 60],
    ] as const;
    const result = await look({ tpot: 1.8, query: async (sql) => (sql.includes("GROUP BY replica") ? rows : []) });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.sick-replica", component: "c" });
  });

  it("is the generator, and nothing else is blamed, where its own check says that it was limited", async () => {
    const result = await look({
      ttft: 12,
      client: { startLagP99: beyond(1500), rateLimited: beyond(3) },
      generator: { limited: true, why: ["start lag p99 is 1.5 s"] },
    });
    expect(firstOf(result)?.kind).toBe("bottleneck.generator");
    expect(result.findings).toHaveLength(1);
  });

  it("is work that nobody waits for where the model holds more requests than users wait", async () => {
    const result = await look({
      ttft: 12,
      servers: [
        { concept: "server.queued", values: (bin, asked) => 3 * queueOf(2200)(bin, asked) },
        { concept: "server.running", values: (_, asked) => (asked > KNEE ? 8 : asked) },
        { concept: "server.output.tokens", values: around(400) },
      ],
    });
    expect(firstOf(result)).toMatchObject({ kind: "bottleneck.retries", component: "llm" });
  });

  it("is dated near the load at which it began, not where it was worst", async () => {
    const first = firstOf(
      await look({
        ttft: 12,
        servers: [
          { concept: "server.queued", values: queueOf(2200) },
          { concept: "server.running", values: (_, asked) => (asked > KNEE ? 8 : asked) },
          { concept: "server.output.tokens", values: around(400) },
        ],
      }),
    );
    expect(first?.loadAtOnset).toBeGreaterThan(KNEE - 0.5);
    expect(first?.loadAtOnset).toBeLessThan(KNEE + 1);
  });
});

describe("what cannot be told", () => {
  it("says of late first tokens at an even pace that they wait, not for what, and which page would tell", async () => {
    const result = await look({ ttft: 12 });
    expect(firstOf(result)).toBeUndefined();
    expect(result.bottleneck?.cannotTell).toMatch(/no server was observed/);
    expect(result.findings.map(({ kind, severity }) => [kind, severity])).toEqual([["bottleneck.queueing", "medium"]]);
    expect(result.lacks.map(({ needs }) => needs).join()).toMatch(/server\.queued/);
    for (const { hint } of result.lacks) expect(hint).toMatch(/^[A-Z][a-z]+ /);
  });

  it("tells slow decoding from waiting by the client alone", async () => {
    const result = await look({ tpot: 4 });
    expect(firstOf(result)?.kind).toBe("bottleneck.decode");
  });

  it("names nothing, and finds nothing, in a run in which nothing gave way", async () => {
    const result = await look({ held: true });
    expect(result.findings).toEqual([]);
    expect(result.bottleneck).toMatchObject({ runnersUp: [], cannotTell: expect.stringMatching(/nothing gave way/) });
  });

  it("calls nothing grave that broke no threshold, raised no errors and did not saturate", async () => {
    const result = await look({ ttft: 3, held: true });
    expect(result.findings.map(({ severity }) => severity)).not.toContain("high");
  });
});

it("noise alone is never grave, whatever its size and the load's shape", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      async (seed, size) => {
        const random = randomStream(seed, "noise");
        const noisy = (value: number) => () => value * Math.exp(size * (random.next() + random.next() - 1));
        const facts = factsOf({
          stages: CLIMB,
          load: { inFlight: (_, asked) => asked * 1.1 * Math.exp(size * (random.next() - 0.5)) },
          client: {
            ttftMean: noisy(200),
            ttftP95: noisy(400),
            tpotP50: noisy(15),
            responseP50: noisy(1100),
            itlP50: noisy(15),
            itlP99: noisy(30),
            inputTokens: noisy(100),
            outputTokens: noisy(60),
          },
          servers: [
            { concept: "server.running", values: (_, asked) => asked * noisy(1)() },
            { concept: "server.queued", values: 0 },
            { concept: "server.kv.used", values: noisy(0.2) },
            { concept: "server.output.tokens", values: noisy(100) },
          ],
        });
        const { findings } = await bottleneck.look(facts, undefined);
        expect(findings.filter(({ severity }) => severity === "high")).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});

it("the order in which servers are told changes no word", async () => {
  const servers: FactsSketch["servers"] = [
    { concept: "server.queued", part: "one", values: queueOf(2200) },
    { concept: "server.running", part: "one", values: (_, asked) => (asked > KNEE ? 8 : asked) },
    { concept: "server.output.tokens", part: "one", values: around(400) },
    { concept: "server.queued", part: "two", values: 0 },
    { concept: "server.running", part: "two", values: around(0.5) },
    { concept: "server.output.tokens", part: "two", values: around(20) },
  ];
  const forth = await look({ ttft: 12, servers });
  const back = await look({ ttft: 12, servers: servers.toReversed() });
  expect(firstOf(forth)?.kind).toBe("bottleneck.imbalance");
  expect(firstOf(back)).toEqual(firstOf(forth));
});

it("columns in which nothing was measured are no evidence of anything", async () => {
  const facts = factsOf({ stages: CLIMB, servers: [{ concept: "server.queued", values: Number.NaN }] });
  const { findings } = await bottleneck.look(facts, undefined);
  expect(findings).toEqual([]);
});
