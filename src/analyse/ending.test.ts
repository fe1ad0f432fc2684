import fc from "fast-check";
import { expect, test } from "vitest";
import type { MetricName } from "../base/index.ts";
import { parseThreshold } from "../plan/index.ts";
import { CAUSES, type Cause, conclude } from "./ending.ts";
import { fewestFor, type Judged, judge, shareOf } from "./judge.ts";
import { metricSummary } from "./metric-summary.ts";
import type { Distribution, Measured } from "./scope.ts";
import { timing } from "./timing.ts";

const held: Judged = { expression: "a", held: true, observed: 1, samples: 9, unit: "ms" };
const crossed: Judged = { expression: "b", held: false, observed: 1, samples: 9, unit: "ms" };
const unseen: Judged = { expression: "c", held: false, samples: 0, unit: "ms", why: "nothing was measured" };
const fit = { limited: false, why: [], startLag: { n: 0 } };
const limited = { limited: true, why: ["late"], startLag: { n: 0 } };

test.each<[Cause, readonly Judged[], typeof fit | typeof limited, string, number, readonly string[]]>([
  ["finished", [], fit, "none", 0, []],
  ["finished", [held], fit, "pass", 0, []],
  ["finished", [held, crossed], fit, "fail", 99, ["THRESHOLD_CROSSED"]],
  ["finished", [held, unseen], fit, "cannot-tell", 99, ["THRESHOLD_WITHOUT_DATA"]],
  ["finished", [crossed, unseen], fit, "fail", 99, ["THRESHOLD_CROSSED", "THRESHOLD_WITHOUT_DATA"]],
  ["finished", [crossed], limited, "cannot-tell", 120, ["GENERATOR_LIMITED", "THRESHOLD_CROSSED"]],
  ["finished", [], limited, "none", 120, ["GENERATOR_LIMITED"]],
  ["threshold", [held], fit, "fail", 99, ["THRESHOLD_ABORTED"]],
  [
    "threshold",
    [crossed],
    limited,
    "cannot-tell",
    120,
    ["THRESHOLD_ABORTED", "GENERATOR_LIMITED", "THRESHOLD_CROSSED"],
  ],
  ["guard", [held], limited, "cannot-tell", 108, ["GUARD_ABORTED", "GENERATOR_LIMITED"]],
  ["guard", [crossed], fit, "fail", 108, ["GUARD_ABORTED", "THRESHOLD_CROSSED"]],
  ["budget", [held], fit, "cannot-tell", 121, ["BUDGET_SPENT"]],
  ["unreachable", [unseen], fit, "cannot-tell", 122, ["TARGET_UNREACHABLE", "THRESHOLD_WITHOUT_DATA"]],
  ["interrupted", [held], limited, "cannot-tell", 105, ["RUN_INTERRUPTED", "GENERATOR_LIMITED"]],
  ["killed", [held], fit, "cannot-tell", 105, ["RUN_INTERRUPTED"]],
  ["lost", [crossed], fit, "fail", 105, ["RUN_KILLED", "THRESHOLD_CROSSED"]],
  ["internal", [crossed], fit, "cannot-tell", 1, ["RUN_FAILED", "THRESHOLD_CROSSED"]],
])("a run that ended by %s with %j: verdict %s", (cause, thresholds, generator, verdict, exitCode, codes) => {
  const outcome = conclude({ cause }, thresholds, generator);
  expect([outcome.verdict, outcome.exitCode]).toEqual([verdict, exitCode]);
  expect(outcome.reasons.map((reason) => reason.code)).toEqual(codes);
});

test("no run passes whose generator was limited, that was cut short before it had told enough, or of which a threshold did not hold", () => {
  const thresholds = fc.array(fc.constantFrom(held, crossed, unseen), { maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...CAUSES), thresholds, fc.boolean(), (cause, judged, late) => {
      const { verdict, exitCode, reasons } = conclude({ cause }, judged, late ? limited : fit);
      if (verdict !== "pass") return;
      expect(
        late || (cause !== "finished" && cause !== "enough") || judged.some((one) => !one.held) || judged.length === 0,
      ).toBe(false);
      expect([exitCode, reasons.length]).toEqual([0, 0]);
    }),
  );
});

function measured(metric: MetricName, distribution: Distribution): Measured {
  return {
    attempts: distribution.n,
    sessions: 0,
    answered: 0,
    errors: 0,
    good: 0,
    outcomes: {},
    tokens: { input: undefined, cached: undefined, output: undefined, reasoning: undefined },
    counted: { server: 0, tokenizer: 0 },
    cost: undefined,
    priced: { answered: 0, good: 0 },
    events: 0,
    sharedEvents: 0,
    metrics: { [metric]: distribution },
  };
}

test("a threshold on a lower bound holds only where the bound itself is within the limit", () => {
  const distribution: Distribution = {
    n: 100,
    censored: 10,
    min: 1,
    mean: 50,
    max: 100,
    quantiles: new Map([
      [0.95, 90],
      [0.5, 40],
    ]),
    waiting: {
      from: 85,
      upperMin: 1,
      upper: new Map([
        [0.95, Number.POSITIVE_INFINITY],
        [0.5, 40],
      ]),
    },
  };
  const time = timing({ stages: [], run: { asked: [] } }, 0);
  const verdictOn = (text: string): boolean => {
    const read = parseThreshold(text);
    if (!("threshold" in read)) throw new Error(text);
    const measurements = { of: () => measured("response", distribution), lastEnd: 0 };
    return judge(read.threshold, { measurements, time, baseline: undefined }).held;
  };
  expect(verdictOn("response.p95 < 100ms")).toBe(false);
  expect(verdictOn("response.p95 > 80ms")).toBe(true);
  expect(verdictOn("response.p50 < 50ms")).toBe(true);
  expect(verdictOn("response.min < 50ms")).toBe(true);
  expect(verdictOn("response.p50 < baseline")).toBe(false);
  expect(metricSummary(distribution).atLeast).toEqual(["mean", "p95", "max"]);
});

test("the fewest samples for a percentile are what carrying it needs", () => {
  expect([0.5, 0.9, 0.95, 0.99, 0.999].map(fewestFor)).toEqual([4, 35, 73, 381, 3838]);
  expect([50, 92.5, 99.9, 99.99].map(shareOf)).toEqual([0.5, 0.925, 0.999, 0.9999]);
});
