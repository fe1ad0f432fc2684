import { expect, test } from "vitest";
import { OUTCOMES, type Outcome } from "../base/index.ts";
import { parseThreshold, type Threshold } from "../plan/index.ts";
import type { Tally, TallyCell } from "../record/index.ts";
import { Histogram } from "../stats/index.ts";
import { LiveThresholds } from "./live-thresholds.ts";

const stages = [
  { name: "rest", kind: "rest" as const, from: 0, duration: 10_000 },
  { name: "steady", kind: "steady" as const, from: 10_000, duration: 60_000 },
];
const workload = { personas: [{ name: "quick" }, { name: "researcher" }] };

function watch(text: string, options: { window?: number; abortAfter?: number } = {}): LiveThresholds {
  const read = parseThreshold(text, { abortOnFail: true, ...options });
  if (!("threshold" in read)) throw new Error(JSON.stringify(read.faults));
  const slo: readonly Threshold[] = [read.threshold];
  return new LiveThresholds({ slo, stages, workload });
}

interface Cell {
  readonly stage?: number;
  readonly persona?: number;
  readonly outcomes?: Partial<Record<Outcome, number>>;
  readonly ttft?: readonly number[];
  readonly good?: number;
  readonly cost?: number;
}

function tally({ stage = 1, persona = 0, outcomes = {}, ttft = [], good = 0, cost = 0 }: Cell): Tally {
  const histogram = new Histogram();
  for (const ms of ttft) histogram.record(ms);
  const cell: TallyCell = {
    stage,
    persona,
    sessions: 0,
    outcomes: OUTCOMES.map(({ name }) => outcomes[name] ?? 0),
    good,
    tokens: { input: 0, cached: 0, output: 0, reasoning: 0 },
    cost,
    metrics: ttft.length > 0 ? { ttft: histogram.sparse() } : {},
  };
  return { cells: [cell], warnings: [], backlog: 0 };
}

const many = (ms: number, n = 100): number[] => Array.from({ length: n }, () => ms);
const fails = (live: LiveThresholds, at: number): boolean => live.failing(at).length > 0;

test("a percentile fails once its samples carry it, not before", () => {
  const live = watch("ttft.p95 < 100ms");
  expect(fails(live, 0)).toBe(false);
  live.add(tally({ ttft: many(500, 50) }), 11_000);
  expect(fails(live, 11_000)).toBe(false);
  live.add(tally({ ttft: many(500, 50) }), 12_000);
  expect(fails(live, 12_000)).toBe(true);
});

test("a window forgets what is older than itself, and everything so far does not", () => {
  const windowed = watch("errors.rate < 10%", { window: 10_000 });
  const whole = watch("errors.rate < 10%");
  for (const live of [windowed, whole]) {
    live.add(tally({ outcomes: { failed: 50, complete: 50 } }), 15_000);
    expect(fails(live, 16_000)).toBe(true);
    live.add(tally({ outcomes: { complete: 100 } }), 26_000);
  }
  expect(fails(windowed, 26_000)).toBe(false);
  expect(fails(whole, 26_000)).toBe(true);
});

test("nothing fails before its `abortAfter`", () => {
  const live = watch("errors.rate < 10%", { abortAfter: 30_000 });
  live.add(tally({ outcomes: { failed: 10 } }), 11_000);
  expect(fails(live, 29_999)).toBe(false);
  expect(fails(live, 30_000)).toBe(true);
});

test("filters leave other stages and personas out", () => {
  const live = watch("errors{stage=steady,persona=researcher}.rate < 10%");
  live.add(tally({ outcomes: { failed: 10 } }), 11_000);
  live.add(tally({ stage: 0, persona: 1, outcomes: { failed: 10 } }), 11_000);
  expect(fails(live, 12_000)).toBe(false);
  live.add(tally({ persona: 1, outcomes: { failed: 10 } }), 12_000);
  expect(fails(live, 12_000)).toBe(true);
});

test("a factor of the baseline is judged against the baseline stage so far", () => {
  const live = watch("ttft{stage=steady}.p50 < baseline * 1.5", { window: 5_000 });
  live.add(tally({ ttft: many(200) }), 11_000);
  expect(fails(live, 11_000)).toBe(false);
  live.add(tally({ stage: 0, ttft: many(100) }), 11_000);
  expect(fails(live, 11_000)).toBe(true);
  live.add(tally({ ttft: many(140) }), 20_000);
  expect(fails(live, 20_000)).toBe(false);
});

test("rates count over the time of the stage that has passed; outcomes and money as they come", () => {
  const rates = watch("rates{stage=steady}.goodput > 2/s");
  rates.add(tally({ outcomes: { complete: 25 }, good: 25 }), 20_000);
  expect(fails(rates, 20_000)).toBe(false);
  expect(fails(rates, 30_000)).toBe(true);
  const severed = watch("outcomes.severed.count < 3");
  severed.add(tally({ outcomes: { severed: 2 } }), 11_000);
  expect(fails(severed, 11_000)).toBe(false);
  severed.add(tally({ outcomes: { severed: 1 } }), 12_000);
  expect(fails(severed, 12_000)).toBe(true);
  const cost = watch("cost.perAnswer < $0.1");
  cost.add(tally({ outcomes: { complete: 10, failed: 10 }, cost: 2 }), 11_000);
  expect(fails(cost, 11_000)).toBe(true);
});
