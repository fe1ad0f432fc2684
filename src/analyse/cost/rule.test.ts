import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  COLUMNS,
  type ColumnName,
  createRunFolder,
  openRun,
  type RunReader,
  SampleBlock,
  startRecorder,
  writeManifest,
} from "../../record/index.ts";
import { readFacts } from "../facts/read.ts";
import type { Facts } from "../facts/types.ts";
import { summarise } from "../summarise.ts";
import type { LoadLine } from "../verdict/schema.ts";
import { costRule } from "./rule.ts";

type Row = Partial<Record<ColumnName, number | string>>;

const PRICES = { input: 1e-3, cached: 1e-4, output: 1e-2, reasoning: 1e-2, request: 0 };
/** 10 input tokens and 9 output tokens: 0.01 + 0.09. */
const PRICE = 0.1;
const stage = (name: string, from: number, value: number) => ({
  name,
  kind: "steady",
  from,
  duration: 40_000,
  unit: "sessions/s" as const,
  load: [{ shape: "hold" as const, value, at: 0, for: 40_000 }],
});
const STAGES = [stage("calm", 0, 1), stage("busy", 40_000, 4)];
const LINE: LoadLine = {
  unit: "sessions/s",
  tried: { least: 1, most: 4 },
  limits: [
    { expression: "errors.rate < 1%", holdsUpTo: { value: 2, low: 1.5, high: 2.5 }, samples: 200 },
    { expression: "ttft.p95 < 1s", above: 4, samples: 200 },
  ],
};

const row = (session: number, at: number, more: Row = {}): Row => ({
  session,
  turn: 0,
  attempt: 0,
  persona: "user",
  stage: at < 40_000 ? "calm" : "busy",
  outcome: "complete",
  scheduledAt: at,
  dueAt: at,
  startedAt: at,
  firstTokenAt: at + 100,
  endAt: at + 500,
  inputTokens: 10,
  cachedTokens: 0,
  outputTokens: 9,
  reasoningTokens: 0,
  ...more,
});

/** At 1/s all is well; at 4/s of 160 first attempts a quarter fails and is asked again, and an eighth is given up. */
function rows(): readonly Row[] {
  const calm = Array.from({ length: 40 }, (_, i) => row(i, i * 1000));
  const busy = Array.from({ length: 160 }, (_, i): readonly Row[] => {
    const [session, at] = [1000 + i, 40_000 + i * 250];
    if (i % 4 === 0) {
      return [
        row(session, at, { outcome: "failed", outputTokens: 0 }),
        row(session, at, { attempt: 1, endAt: at + 900 }),
      ];
    }
    return [row(session, at, i % 8 === 1 ? { outcome: "abandoned", outputTokens: 4 } : {})];
  });
  return [...calm, ...busy.flat()];
}

async function record(root: string, prices: typeof PRICES | undefined, attempts = rows()): Promise<string> {
  const folder = createRunFolder(root, "cost", new Date("2026-01-02T03:04:05Z"));
  const plan = {
    stages: STAGES,
    workload: { personas: [{ name: "user" }] },
    target: { protocol: "http-sse" as const },
    slo: [],
    ...(prices === undefined ? {} : { prices }),
  };
  await writeManifest(folder.path, {
    ...plan,
    name: "cost",
    seed: 1,
    run: {
      schema: "plimsoll/run/1",
      id: folder.id,
      plimsoll: "0.0.0",
      startedAt: "2026-01-02T03:04:05.000Z",
      hash: "h",
      asked: [40, 160],
    },
  });
  const recorder = await startRecorder({ folder, plan, workers: 1, redactSecrets: [] });
  const [port] = recorder.ports;
  const block = new SampleBlock(0, 1024);
  for (const one of attempts) {
    const at = block.row();
    for (const { name } of COLUMNS) {
      const value = one[name];
      const array = block.columns[name];
      if (value === undefined || array instanceof BigUint64Array) continue;
      array[at] = typeof value === "string" ? block.dictionary.code(value) : value;
    }
  }
  const { message, transfer } = block.take();
  port?.postMessage(message, transfer);
  port?.postMessage({ kind: "closed", worker: 0 });
  recorder.event({ at: 81_000, kind: "end", name: "end", detail: { cause: "finished" } });
  await recorder.close();
  return folder.path;
}

let root: string;
const open: RunReader[] = [];

async function factsWith(prices: typeof PRICES | undefined, attempts?: readonly Row[]): Promise<Facts> {
  const path = await record(root, prices, attempts);
  const run = await openRun(path);
  open.push(run);
  return readFacts(run, await summarise(path));
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-cost-"));
});
afterAll(async () => {
  for (const run of open) run.close();
  await rm(root, { recursive: true, force: true });
});

describe("what a run cost", () => {
  it("is told for each request, session and good answer, at each load, with what was wasted and why", async () => {
    const { cost, findings } = await costRule.look(await factsWith(PRICES), LINE);
    const [retried, abandoned] = [40 * 0.01, 20 * 0.05];
    const total = 40 * PRICE + retried + abandoned + 140 * PRICE;
    expect(cost).toMatchObject({ attempts: 240, priced: 240, goodAnswers: 180 });
    expect(cost?.total).toBeCloseTo(total, 9);
    expect(cost?.perGoodAnswer).toBeCloseTo(total / 180, 9);
    // The session of the last quarter of a second may have been cut short.
    expect(cost?.perSession).toBeCloseTo((total - PRICE) / 199, 9);
    expect(cost?.wasted.by.map(({ why, attempts, tokens }) => [why, attempts, tokens])).toEqual([
      ["failed", 0, 0],
      ["abandoned", 20, 20 * 14],
      ["retried", 40, 40 * 10],
    ]);
    expect(cost?.wasted.money).toBeCloseTo(retried + abandoned, 9);
    expect(cost?.loads.map(({ load, stages, meets }) => [load, stages, meets])).toEqual([
      [1, ["calm"], true],
      [4, ["busy"], false],
    ]);
    expect(cost?.cheapest).toMatchObject({ load: 1, unit: "sessions/s" });
    expect(cost?.cheapest?.perGoodAnswer).toBeCloseTo(PRICE, 9);
    const [calm, busy] = cost?.loads ?? [];
    expect(calm?.interval?.low).toBeCloseTo(PRICE, 9);
    expect(busy?.interval?.low).toBeGreaterThan(0.09);
    expect(busy?.interval?.high).toBeLessThan(0.13);
    expect(findings.map(({ kind }) => kind)).toEqual(["cost.waste"]);
    expect(findings[0]?.title).toMatch(/^7 % of the money went into answers that nobody got/);
  });

  it("counts for each session only those that began early enough to end within the run", async () => {
    // Sessions of three turns, 10 s apart; the last ones of the run are cut after one.
    const turns = (session: number, at: number) =>
      [0, 1, 2].filter((turn) => at + turn * 10_000 < 80_000).map((turn) => row(session, at + turn * 10_000, { turn }));
    const { cost } = await costRule.look(
      await factsWith(PRICES, Array.from({ length: 80 }, (_, i) => turns(i, i * 1000)).flat()),
      LINE,
    );
    expect(cost?.perSession).toBeCloseTo(3 * PRICE, 9);
    expect(cost?.loads.at(-1)?.perSession).toBeCloseTo(3 * PRICE, 9);
  });

  it("is nothing where nothing was asked", async () => {
    const { cost, findings, lacks } = await costRule.look(await factsWith(PRICES, []), undefined);
    expect([cost?.attempts, cost?.total, findings]).toEqual([0, 0, []]);
    expect(lacks).toMatchObject([{ needs: "token counts" }]);
  });

  it("asks for prices where the plan has none, and claims nothing", async () => {
    const { cost, findings, lacks } = await costRule.look(await factsWith(undefined), LINE);
    expect([cost, findings]).toEqual([undefined, []]);
    expect(lacks).toHaveLength(1);
  });
});
