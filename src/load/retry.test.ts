import { expect, test } from "vitest";
import type { RetryPlan } from "../plan/index.ts";
import { shareOf } from "./driver.ts";
import { retryDelay } from "./retry.ts";
import { StageClock } from "./stage-clock.ts";

const plan: RetryPlan = {
  count: 3,
  on: ["rejected", "refused"],
  backoff: 100,
  maxBackoff: 350,
  honourRetryAfter: true,
};
const ended = (outcome: "rejected" | "failed" | "complete", retryAfter = Number.NaN) => ({ outcome, retryAfter });

test("a retry happens only for the outcomes and as often as the plan says", () => {
  expect(retryDelay(plan, 0, ended("failed"))).toBeUndefined();
  expect(retryDelay(plan, 0, ended("complete"))).toBeUndefined();
  expect(retryDelay(plan, 3, ended("rejected"))).toBeUndefined();
  expect(retryDelay({ ...plan, count: 0 }, 0, ended("rejected"))).toBeUndefined();
});

test("the backoff doubles up to its cap, and Retry-After replaces it where the plan honours it", () => {
  expect([0, 1, 2].map((attempt) => retryDelay(plan, attempt, ended("rejected")))).toEqual([100, 200, 350]);
  expect(retryDelay(plan, 0, ended("rejected", 2))).toBe(2000);
  expect(retryDelay({ ...plan, honourRetryAfter: false }, 0, ended("rejected", 2))).toBe(100);
});

test("a cap over all workers is dealt out whole, whatever their number", () => {
  for (let total = 1; total < 50; total++) {
    for (let workers = 1; workers <= total && workers < 9; workers++) {
      const shares = Array.from({ length: workers }, (_, worker) => shareOf(total, worker, workers));
      expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }
  }
  expect(shareOf(undefined, 0, 2)).toBe(Number.POSITIVE_INFINITY);
});

test("a time belongs to the stage that has begun last, in whatever order times are asked for", () => {
  const stage = { kind: "steady", unit: "users", load: [] } as const;
  const clock = new StageClock([
    { ...stage, name: "a", from: 0, duration: 10 },
    { ...stage, name: "b", from: 10, duration: 5 },
    { ...stage, name: "c", from: 15, duration: 10 },
  ]);
  expect([-1, 0, 9.9, 10, 14.9, 15, 24, 99, 3, 12].map((at) => clock.indexAt(at))).toEqual([
    0, 0, 0, 1, 1, 2, 2, 2, 0, 1,
  ]);
  expect(clock.end).toBe(25);
});
