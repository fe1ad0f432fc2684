import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { concludeRun, type Summary } from "../../analyse/index.ts";
import { resolvePlan } from "../../plan/index.ts";
import { openRun } from "../../record/index.ts";
import { simulate } from "../../run/index.ts";
import { resolveStack } from "../../twin/index.ts";
import { pageData } from "./page-data.ts";
import type { PageData } from "./types.ts";

const runs = mkdtempSync(join(tmpdir(), "plimsoll-page-test-"));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

let summary: Summary;
let data: PageData;

beforeAll(async () => {
  const { plan } = resolvePlan({
    name: "drawn",
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
    expect: { peak: "4 sessions/s" },
    workload: { personas: [{ name: "user", prompts: "faq" }] },
    stages: [
      { steady: "20s", at: "1x" },
      { ramp: "40s", from: "1x", to: "3x" },
    ],
    slo: ["ttft.p95 < 800ms"],
    prices: { input: "$1/M", output: "$2/M" },
    generator: { texts: "20%", gaps: "20%" },
    runs,
  });
  ({ summary } = await simulate(
    plan,
    resolveStack({ name: "tiny", seed: 3, parts: { llm: { kind: "pool", preset: "tiny" } } }),
  ));
  const verdict = await concludeRun(summary.run.folder, summary);
  const run = await openRun(summary.run.folder);
  try {
    data = await pageData(run, summary, verdict);
  } finally {
    run.close();
  }
});

test("the page draws what the summary counts: every attempt once, and percentiles within one per cent", () => {
  const { attempts, metrics } = summary.total;
  for (const metric of ["response", "ttft"] as const) {
    const told = metrics[metric];
    const whole = data.curves.find((curve) => curve.metric === metric && curve.stage === undefined);
    const heat = data.heats.find((one) => one.metric === metric);
    expect(whole?.n).toBe(told?.n);
    expect(heat?.cells.reduce((sum, [, , n]) => sum + n, 0)).toBe(told?.n);
    for (const [share, exact] of [[0.5, told?.p50] as const, [0.95, told?.p95] as const, [1, told?.max] as const]) {
      const drawn = whole?.points.find(([one]) => Math.abs(one - share) < 1e-9)?.[1] ?? Number.NaN;
      expect(Math.abs(drawn / (exact ?? Number.NaN) - 1)).toBeLessThan(0.011);
    }
  }
  expect(data.spent.reduce((sum, one) => sum + one.attempts, 0)).toBe(attempts);
  const ended = data.tracks
    .filter(({ group }) => group === "outcomes")
    .flatMap(({ values }) => values)
    .reduce<number>((sum, rate) => sum + ((rate ?? 0) * data.width) / 1000, 0);
  expect(ended).toBeCloseTo(attempts, 0);
});

test("every series over time has a value or a gap for each bin, and a formula", () => {
  for (const { id, values } of data.tracks) {
    expect(values, id).toHaveLength(data.bins);
    expect(data.formulas[id], id).toBeDefined();
  }
  expect(data.tracks.map(({ id }) => id)).toEqual(expect.arrayContaining(["load.asked", "ttft.p95", "server.running"]));
});

test("a ramp becomes steps of rising load, each with its own attempts", () => {
  const steps = data.atLoad.filter(({ stage }) => stage === "ramp");
  expect(steps.length).toBeGreaterThan(3);
  expect(steps.map(({ load }) => load)).toEqual([...steps.map(({ load }) => load)].sort((a, b) => a - b));
  const [steady, ...more] = data.atLoad.filter(({ stage }) => stage === "steady");
  expect(more).toEqual([]);
  expect(steady?.load).toBeCloseTo(4, 1);
  expect(steady?.costPerGoodAnswer).toBeGreaterThan(0);
  expect(data.atLoad.every(({ attempts }) => attempts > 0)).toBe(true);
});

test("transcripts carry the timing that their users saw", () => {
  expect(data.textsKept).toBeGreaterThan(data.transcripts.length - 1);
  const replayed = data.transcripts.filter(({ gaps }) => gaps !== undefined);
  expect(replayed.length).toBeGreaterThan(0);
  for (const { ttft = 0, gaps = [], end } of replayed) {
    expect(ttft + gaps.reduce((sum, gap) => sum + gap, 0)).toBeLessThanOrEqual(end * 1.01);
  }
});
