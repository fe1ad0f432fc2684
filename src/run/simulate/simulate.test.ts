import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { EXIT } from "../../base/index.ts";
import { type PlanInput, resolvePlan } from "../../plan/index.ts";
import { openRun, type QueryValue } from "../../record/index.ts";
import { resolveStack } from "../../twin/index.ts";
import { loadWorkload } from "../../workload/index.ts";
import { simulate } from "./door.ts";
import type { Simulated } from "./simulate.ts";
import type { SimulateOptions } from "./types.ts";

const runs = mkdtempSync(join(tmpdir(), "plimsoll-simulate-test-"));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

const TINY = { name: "tiny", seed: 3, parts: { llm: { kind: "pool", preset: "tiny" } } };

function play(
  plan: Partial<PlanInput>,
  options: SimulateOptions = {},
  stack: Readonly<Record<string, unknown>> = TINY,
): Promise<Simulated> {
  const { plan: resolved } = resolvePlan({
    name: "simulated",
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
    workload: { personas: [{ name: "user", prompts: "faq" }] },
    stages: [{ steady: "10s", at: "1 sessions/s" }],
    runs,
    ...plan,
  });
  return simulate(resolved, resolveStack(stack), options);
}

async function rowsOf({ summary }: Simulated, sql: string): Promise<readonly (readonly QueryValue[])[]> {
  const run = await openRun(summary.run.folder);
  try {
    return (await run.query(sql)).rows;
  } finally {
    run.close();
  }
}

const MIXED: Partial<PlanInput> = {
  workload: {
    personas: [
      { name: "quick", weight: 2, prompts: "faq", patience: { median: "4s" } },
      {
        name: "talker",
        weight: 1,
        prompts: "multilingual",
        turns: { mean: 3 },
        think: { median: "1s" },
        maxTokens: 60,
      },
    ],
    arrivals: { process: "gamma", cv: 1.4 },
  },
  stages: [
    { rest: "5s" },
    { ramp: "20s", from: "0.5 sessions/s", to: "4 sessions/s" },
    { steady: "10s", at: "3 users" },
  ],
  generator: { gaps: "20%", texts: "20%" },
};

let played: Promise<Simulated> | undefined;
/** Played once for all who only look. */
function mixed(): Promise<Simulated> {
  played ??= play(MIXED);
  return played;
}

const EVERYTHING = [
  "SELECT * FROM samples ORDER BY session, turn, attempt",
  "SELECT * FROM gap_logs ORDER BY session, turn, attempt",
  "SELECT second, stage, persona, bucketLow, sum(count) FROM gaps GROUP BY ALL ORDER BY ALL",
  "SELECT * FROM series ORDER BY name, labels, time",
  "SELECT * FROM texts ORDER BY session, turn, attempt",
];

test("one plan, one stack and one seed give one record, byte for byte; another seed gives another", async () => {
  const [one, two, other] = [await mixed(), await play(MIXED), await play({ ...MIXED, seed: 99 })];
  const record = async (run: Simulated): Promise<string> =>
    JSON.stringify(await Promise.all(EVERYTHING.map((sql) => rowsOf(run, sql))), (_, value: unknown) =>
      typeof value === "bigint" ? `${value}` : value,
    );
  const first = await record(one);
  expect(await record(two)).toBe(first);
  expect(await record(other)).not.toBe(first);
  expect(one.summary.total.attempts).toBeGreaterThan(40);
});

test("passing equal steps in one jump changes no figure", async () => {
  const jumped = await mixed();
  const stepped = await play(MIXED, { fastForward: false });
  const figures = "SELECT session, turn, outcome, events, firstTokenAt, endAt, stall FROM samples ORDER BY ALL";
  const [a, b] = [await rowsOf(jumped, figures), await rowsOf(stepped, figures)];
  expect(a.length).toBe(b.length);
  a.forEach((row, i) => {
    row.forEach((value, column) => {
      const same = b[i]?.[column];
      if (typeof value === "number" && typeof same === "number") expect(value).toBeCloseTo(same, 4);
      else expect(value).toBe(same);
    });
  });
});

test("the sessions asked are those of a live run of the same plan and seed, each at its intended time", async () => {
  const simulated = await mixed();
  const { plan } = resolvePlan({
    name: "simulated",
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
    runs,
    ...MIXED,
  });
  const workload = loadWorkload(plan);
  const asked = [...workload.arrivals()].map(({ session, at }) => {
    const { turns, persona } = workload.session(session);
    return [session, at, plan.workload.personas[persona]?.name, turns[0]?.promptId];
  });
  const sessions = await rowsOf(
    simulated,
    `SELECT session, scheduledAt, persona, prompt FROM samples WHERE turn = 0 AND attempt = 0 AND session < ${2 ** 40} ORDER BY session`,
  );
  expect(sessions).toEqual(asked);
});

test("virtual time never runs back, in any row, event or series, and nothing starts late", async () => {
  const simulated = await mixed();
  const [wrong] = await rowsOf(
    simulated,
    `SELECT count(*)::INT FROM samples WHERE startedAt < dueAt OR sentAt < startedAt OR firstByteAt < sentAt OR firstTokenAt < firstByteAt
      OR lastTokenAt < firstTokenAt OR endAt < lastTokenAt OR endAt < startedAt OR startedAt <> dueAt`,
  );
  expect(wrong).toEqual([0]);
  for (const table of ["events", "series WHERE name = 'sessions.due'"]) {
    const times = (await rowsOf(simulated, `SELECT time FROM ${table}`)).map(([time]) => Number(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.length).toBeGreaterThan(3);
  }
});

test("Little's law holds: requests in the stack are their rate times their time in it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 3 }), async (seed, rate) => {
      const simulated = await play({ seed, stages: [{ steady: "10m", at: `${rate} sessions/s` }] });
      const [inside] = await rowsOf(
        simulated,
        "SELECT avg(value) FROM series WHERE name = 'attempts.inFlight' AND time <= 600000",
      );
      const [flow] = await rowsOf(simulated, "SELECT sum(least(endAt, 600000) - startedAt) / 600000 FROM samples");
      const [parts] = await rowsOf(
        simulated,
        "SELECT sum(value) / 600 FROM series WHERE name IN ('queue', 'running') AND labels LIKE '%replica%' AND time <= 600000",
      );
      const L = Number(inside?.[0]);
      // The series is a sample a second of a quantity whose own standard deviation is about its square root.
      expect(Math.abs(L - Number(flow?.[0]))).toBeLessThan(0.05 * L + 0.3);
      expect(Number(parts?.[0])).toBeCloseTo(L, 6);
    }),
    { numRuns: 2 },
  );
});

test("impatient users leave at the moment at which their patience ends", async () => {
  const simulated = await play({
    workload: { personas: [{ name: "hasty", prompts: "faq", patience: "700ms" }] },
    stages: [{ stress: "20s", from: "10 sessions/s", to: "20 sessions/s" }],
  });
  const rows = await rowsOf(
    simulated,
    "SELECT DISTINCT round(endAt - startedAt, 6) FROM samples WHERE outcome = 'abandoned'",
  );
  expect(rows).toEqual([[700]]);
  expect(simulated.summary.total.outcomes.abandoned).toBeGreaterThan(20);
});

test("an answer that a deadline cuts in its middle keeps what had come of it", async () => {
  const simulated = await play({
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", timeouts: { total: "900ms" } },
    workload: { personas: [{ name: "user", prompts: "long-documents" }] },
  });
  const rows = await rowsOf(
    simulated,
    "SELECT events, textLength, lastTokenAt < endAt, stall > 0, reason, endAt - startedAt FROM samples WHERE outcome = 'timeout' AND events > 1",
  );
  expect(rows.length).toBeGreaterThan(3);
  for (const [events, length, before, stall, reason, time] of rows) {
    expect(Number(length)).toBeGreaterThan(Number(events) / 2);
    expect([before, stall, reason, Math.round(Number(time) * 1e6) / 1e6]).toEqual([true, true, "timeout:total", 900]);
  }
});

test("a budget of requests is kept to the request", async () => {
  const { summary } = await play({ budget: { requests: 7 }, stages: [{ steady: "60s", at: "2 sessions/s" }] });
  expect([summary.total.attempts, summary.exitCode]).toEqual([7, EXIT.budgetSpent]);
});

test("an aborting threshold and the guard of a dead target end a run in virtual time", async () => {
  const aborted = await play({
    slo: [{ expect: "ttft.p50 < 1ms", abortOnFail: true }],
    stages: [{ steady: "10m", at: "4 sessions/s" }],
  });
  expect(aborted.summary.exitCode).toBe(EXIT.thresholdCrossed);
  expect(aborted.facts.virtual).toBeLessThan(120_000);
  const dead = await play(
    { stages: [{ steady: "10m", at: "4 sessions/s" }] },
    {},
    { name: "full", parts: { llm: { kind: "pool", preset: "tiny", engine: { maxModelLen: 8 } } } },
  );
  expect(dead.summary.exitCode).toBe(EXIT.guardAborted);
  expect(dead.facts.virtual).toBeLessThan(30_000);
});

test("answers that the drain cuts off are warned of, at once and in the summary", async () => {
  const told: string[] = [];
  const { summary } = await play(
    { stages: [{ stress: "10s", from: "10 sessions/s", to: "30 sessions/s" }], generator: { drain: "1s" } },
    { onWarning: ({ code }) => told.push(code) },
  );
  expect([told, summary.warnings.map(({ code }) => code)]).toEqual([["DRAIN_CAP"], ["DRAIN_CAP"]]);
  expect(summary.total.outcomes.cancelled).toBeGreaterThan(0);
});

test("what a plan observes and tells in a live run is named as left out, once, and a plan without either hears nothing", async () => {
  const told: string[] = [];
  const onWarning: SimulateOptions["onWarning"] = ({ message }) => told.push(message);
  await play({ stages: [{ steady: "2s", at: "2 sessions/s" }] }, { onWarning });
  expect(told).toEqual([]);
  const { summary } = await play(
    {
      stages: [{ steady: "2s", at: "2 sessions/s" }],
      observe: { processes: [{ pid: 1 }] },
      export: { otlp: "http://127.0.0.1:9" },
    },
    { onWarning },
  );
  expect(told).toEqual([expect.stringContaining("no heed of `observe` and `export`")]);
  expect(summary.warnings.map(({ code }) => code)).toEqual(["SIMULATION_LEAVES_OUT"]);
});

test("an interrupt ends a simulation with what is there, readable and marked", async () => {
  const { summary } = await play(
    { stages: [{ steady: "24h", at: "2 sessions/s" }] },
    { stop: AbortSignal.timeout(300) },
  );
  expect([summary.exitCode, summary.run.complete]).toEqual([EXIT.interrupted, true]);
  expect(summary.run.duration).toBeLessThan(24 * 3_600_000);
});

test("a simulated run says so, and tells no figure of a generator", async () => {
  const { summary } = await play({}, { weaknesses: ["kv-too-small"] });
  expect(summary.run.simulated).toMatchObject({ stack: "tiny", seed: 3, weaknesses: ["kv-too-small"] });
  expect(summary.generator).toEqual({ limited: false, why: [], startLag: { n: 0 } });
  expect(summary.total.metrics.startLag).toBeUndefined();
  const names = await rowsOf(
    await play({}),
    "SELECT count(*)::INT FROM series WHERE name LIKE 'generator%' OR name LIKE 'bytes%' OR name LIKE 'sockets%'",
  );
  expect(names).toEqual([[0]]);
});

const FLEET = { name: "fleet", seed: 3, parts: { llm: { kind: "pool", preset: "tiny", replicas: 4 } } };

test.each([
  ["least-outstanding", {}, {}, /least-outstanding looks at all replicas/],
  ["round-robin", { personas: [{ name: "user", prompts: "faq", turns: 2 }] }, {}, /do not tell the balancer/],
  ["round-robin", { maxUsers: 5 }, {}, /cap on users/],
  ["round-robin", {}, { budget: { requests: 10 } }, /budget/],
])("a run that cannot be split says why: %s %j %j", async (balancer, workload, more, why) => {
  const stack = { ...FLEET, parts: { llm: { ...FLEET.parts.llm, balancer } } };
  const personas = [{ name: "user", prompts: "faq", turns: 1 }];
  const { facts } = await play(
    { workload: { personas, ...workload }, stages: [{ steady: "1s", at: "1 sessions/s" }], ...more },
    {},
    stack,
  );
  expect([facts.threads, facts.why]).toEqual([1, expect.stringMatching(why)]);
});

test("whoever leaves a closed stage between two questions begins nothing in the past, so that no simulated attempt is late", async () => {
  const simulated = await play({
    workload: {
      personas: [{ name: "thinker", prompts: "faq", turns: { mean: 3 }, think: { median: "4s" } }],
    },
    stages: [
      { steady: "20s", at: "40 users" },
      { steady: "20s", at: "1 sessions/s" },
    ],
  });
  const late = await rowsOf(simulated, "SELECT max(startedAt - dueAt), count(*) FROM samples");
  expect(Number(late[0]?.[1])).toBeGreaterThan(100);
  expect(Number(late[0]?.[0])).toBeLessThan(1e-6);
});

test("cached tokens are what the engines found at admission: with those computed they are the input", async () => {
  const simulated = await play(
    {
      workload: {
        personas: [{ name: "talker", prompts: "faq", turns: { mean: 4 }, think: { median: "1s" } }],
      },
      stages: [{ steady: "60s", at: "1 sessions/s" }],
      generator: { drain: "10m" },
    },
    {},
    // One seat: who waits for it finds blocks gone that were there when it came, and nobody is preempted.
    { ...TINY, parts: { llm: { kind: "pool", preset: "tiny", engine: { blocks: 256, maxSeqs: 1 } } } },
  );
  const [[cached, input] = []] = await rowsOf(
    simulated,
    "SELECT sum(cachedTokens), sum(inputTokens) FROM samples WHERE outcome IN ('complete', 'capped')",
  );
  const totals = await rowsOf(
    simulated,
    "SELECT name, max(value) FROM series WHERE name IN ('tokens.prompt.cached', 'tokens.prompt.computed', 'preemptions') GROUP BY name ORDER BY name",
  );
  const of = (name: string): number => Number(totals.find(([series]) => series === name)?.[1]);
  expect(of("preemptions")).toBe(0);
  expect(Number(cached)).toBeGreaterThan(0);
  expect(Number(cached)).toBe(of("tokens.prompt.cached"));
  expect(Number(input)).toBe(of("tokens.prompt.cached") + of("tokens.prompt.computed"));
  expect(await rowsOf(simulated, "SELECT count(*) FROM samples WHERE cachedTokens >= inputTokens")).toEqual([[0]]);
});
