import { expect, test } from "vitest";
import { BOUNDS } from "../observe/index.ts";
import type { Tally } from "../record/index.ts";
import { Histogram } from "../stats/index.ts";
import { Spreads } from "./spreads.ts";

const tally = (...ms: number[]): Tally => {
  const histogram = new Histogram();
  for (const value of ms) histogram.record(value);
  const tokens = { input: 0, cached: 0, output: 0, reasoning: 0 };
  const cell = { stage: 0, persona: 0, sessions: 0, outcomes: [], good: 0, tokens, cost: 0 };
  return { cells: [{ ...cell, metrics: { ttft: histogram.sparse() } }], warnings: [], backlog: 0 };
};

test("each latency is counted once, in the bucket that it lies in, over all tallies", () => {
  const spreads = new Spreads();
  spreads.add(tally(0.5, 40, 40, 240));
  spreads.add(tally(240, 500_000));
  const told = spreads.points().find(({ name }) => name === "plimsoll.ttft");
  if (told === undefined || !("spread" in told)) throw new Error("nothing is told");
  const { counts, sum } = told.spread;
  const at = (bound: number): number | undefined => counts[BOUNDS.indexOf(bound)];
  expect([at(0.001), at(0.05), at(0.3), counts.at(-1)]).toEqual([1, 2, 2, 1]);
  expect(counts.reduce((total, count) => total + count, 0)).toBe(6);
  expect(sum).toBeCloseTo(500.5605, -1);
});
