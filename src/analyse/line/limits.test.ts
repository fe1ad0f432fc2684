import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answer, type Row, recordRun } from "../facts/test/record-run.ts";
import { concludeRun } from "../verdict/conclude.ts";
import type { LimitLine } from "../verdict/schema.ts";

/** Twenty seconds at each of four loads; answers take 100 ms up to 3 sessions a second, and 900 ms at 4. */
const LOADS = [1, 2, 3, 4];
const SECONDS = 40;
const STAGES = LOADS.map((value, i) => ({
  name: `at ${value}`,
  kind: "steady",
  from: i * SECONDS * 1000,
  duration: SECONDS * 1000,
  unit: "sessions/s" as const,
  load: [{ shape: "hold", value, at: 0, for: SECONDS * 1000 }],
}));
const END = LOADS.length * SECONDS * 1000;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-limits-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function rows(change: (load: number, n: number) => Row & { ms?: number }): Row[] {
  return LOADS.flatMap((load, i) =>
    Array.from({ length: load * SECONDS * 4 }, (_, n) => {
      const { ms = load < 4 ? 100 : 900, ...more } = change(load, n);
      return answer((i * SECONDS + n / (4 * load)) * 1000, ms, { stage: `at ${load}`, session: n, ...more });
    }),
  );
}

async function lineOf(
  slo: readonly string[],
  change: (load: number, n: number) => Row & { ms?: number } = () => ({}),
): Promise<readonly Omit<LimitLine, "samples" | "expression">[]> {
  const folder = await recordRun(root, {
    stages: STAGES,
    slo,
    rows: rows(change),
    personas: ["quick", "researcher"],
    peak: 2,
    prices: { input: 0, cached: 0, output: 0.001, reasoning: 0, request: 0 },
    events: [{ at: END, kind: "end", name: "finished", detail: { cause: "finished" } }],
  });
  const { line } = await concludeRun(folder);
  return (line?.limits ?? []).map(({ samples: _samples, expression: _expression, ...rest }) => rest);
}

const UP_TO_3 = { holdsUpTo: { value: 3, low: 3, high: 4 } };

it("each kind of threshold holds up to the load at which its own figure leaves its limit", async () => {
  const limits = await lineOf(
    [
      "response.p95 < 500ms",
      "response.mean < 500ms",
      "ttft.p50 < 300ms",
      "errors.rate < 2%",
      "outcomes.complete.rate > 98%",
      "rates.goodput > 3/s",
      "cost.perAnswer < $0.02",
    ],
    (load, n) => ({
      ...(load === 4 && n % 10 === 0 ? { outcome: "failed", status: 500 } : {}),
      outputTokens: load < 4 ? 10 : 30,
      tokenSource: "server",
    }),
  );
  expect(limits).toEqual(limits.map(() => UP_TO_3));
}, 20_000);

it("an attempt that gave up before the limit counts as longer than the limit", async () => {
  const [limit] = await lineOf(["ttft.p90 < 800ms"], (load, n) => {
    if (load < 4 || n % 5 !== 0) return { ms: 100 };
    return { ms: 300, outcome: "abandoned", firstTokenAt: Number.NaN };
  });
  expect(limit).toEqual(UP_TO_3);
});

it("a persona's limit is about that persona, and a stage's about that stage's load", async () => {
  const [quick, researcher, stage] = await lineOf(
    [
      "response{persona=quick}.p90 < 500ms",
      "response{persona=researcher}.p90 < 500ms",
      'response{stage="at 2"}.p90 < 500ms',
    ],
    (load, n) => ({ persona: n % 2 === 0 ? "quick" : "researcher", ms: n % 2 === 1 && load > 1 ? 900 : 100 }),
  );
  expect(quick).toEqual({ above: 4 });
  expect(researcher).toEqual({ holdsUpTo: { value: 1, low: 1, high: 2 } });
  expect(stage).toEqual({ below: 2 });
}, 20_000);

it("what says nothing of a load says so: totals, extremes, too few samples, figures that were not measured", async () => {
  const limits = await lineOf(
    ["cost.total < $5", "response.max < 5s", "response.p99.9 < 5s", "itl.p99 < 100ms", "ttft.p90 < baseline * 1.5"],
    () => ({}),
  );
  expect(limits.map(({ why }) => why)).toEqual([
    "a total grows with the length of the run, whatever the load",
    "the longest of all grows with the number of attempts, whatever the load",
    "1600 samples cannot carry it; it needs 3838",
    "nothing was measured",
    "the plan has no stage of kind baseline or rest to compare with",
  ]);
});
