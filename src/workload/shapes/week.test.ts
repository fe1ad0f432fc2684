import { expect, it } from "vitest";
import { resolvePlan, type Stage } from "../../plan/index.ts";
import { timelineOf } from "../timeline.ts";

const HOUR = 3_600_000;

function stageOf(load: readonly unknown[], duration = "7d"): Stage {
  const target = { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" };
  const [stage] = resolvePlan({ target, stages: [{ steady: duration, load }] }, { env: {} }).plan.stages;
  if (stage === undefined) throw new Error("no stage");
  return stage;
}

it("a week is busiest at its peak, quiet twelve hours away and on the weekend, and has the mean that the plan says", () => {
  const stage = stageOf([{ week: { mean: "10/s", swing: 0.5, peak: "15h", weekend: 0.4 } }]);
  const { rateAt, totalAt } = timelineOf([stage], "sessions/s");
  const at = (day: number, hour: number): number => rateAt((day * 24 + hour) * HOUR);
  expect(at(0, 15)).toBeCloseTo(15, 9);
  expect(at(2, 3)).toBeCloseTo(5, 9);
  expect(at(5, 15)).toBeCloseTo(6, 9);
  expect(totalAt(5 * 24 * HOUR) / (5 * 24 * 3600)).toBeCloseTo(10, 6);
  expect((totalAt(7 * 24 * HOUR) - totalAt(5 * 24 * HOUR)) / (2 * 24 * 3600)).toBeCloseTo(4, 6);
});

it("users of another zone have their day when it is theirs, at any pace and from any hour on", () => {
  const far = stageOf(
    [{ week: { mean: "10/s", swing: 0.5, peak: "15h", zone: "+9", begins: "Fri 06:00", pace: "24x" } }],
    "1h",
  );
  const { rateAt } = timelineOf([far], "sessions/s");
  // 6:00 of the run is 15:00 there.
  expect(rateAt(0)).toBeCloseTo(15, 9);
  expect(rateAt(HOUR / 2)).toBeCloseTo(5, 6);
});

it("a surge comes at once, and half of it is left after each half", () => {
  const stage = stageOf([{ hold: "1/s" }, { surge: { by: "8/s", at: "10m", half: "5m", rise: "10s" } }], "1h");
  const { rateAt } = timelineOf([stage], "sessions/s");
  const minute = 60_000;
  const times = [9, 10 + 1 / 6, 15 + 1 / 6, 20 + 1 / 6];
  expect(times.map((at) => Number(rateAt(at * minute).toFixed(6)))).toEqual([1, 9, 5, 3]);
});
