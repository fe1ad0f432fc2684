import { SERVER_CONCEPTS } from "../../../base/index.ts";
import type { SeriesPoint } from "../../../record/index.ts";
import { BOUNDS, EXPORTED } from "../metrics.ts";
import type { ExportedPoint, Identity, Spread } from "../types.ts";

export const IDENTITY: Identity = {
  labels: { team: "search", plan: 'a "plan"', run: "r-1" },
  since: 1_700_000_000_000,
  version: "1.2.3",
};

const LABELS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  "plimsoll.run.stage": [{ stage: "peak", kind: "steady" }],
  "plimsoll.load.asked": [{ unit: "sessions/s" }],
  "plimsoll.load.reached": [{ unit: "sessions/s" }],
  "plimsoll.requests.ended": [{ outcome: "complete" }, { outcome: "failed" }],
  "plimsoll.latency": ["ttft", "itl", "response"].flatMap((metric) =>
    ["0.5", "0.95", "0.99"].map((quantile) => ({ metric, quantile })),
  ),
  "plimsoll.latency.samples": [{ metric: "ttft" }],
  "plimsoll.generator.loop.utilisation": [{ worker: "0" }],
  "plimsoll.generator.loop.delay": [{ worker: "0" }],
  "plimsoll.generator.state": [{ state: "well" }],
};

/** Every metric of a run's own after so many seconds; counters and distributions grow by one a second. */
export function ownPoints(second: number): readonly ExportedPoint[] {
  return EXPORTED.flatMap((metric): readonly ExportedPoint[] => {
    if (metric.kind === "histogram") return [{ name: metric.name, spread: spreadOf(second) }];
    return (LABELS[metric.name] ?? [{}]).map((labels) => ({
      name: metric.name,
      labels,
      value: metric.kind === "counter" ? second : 1,
    }));
  });
}

/** So many values of 0.25 s. */
function spreadOf(count: number): Spread {
  const bucket = BOUNDS.findIndex((bound) => bound >= 0.25);
  return { counts: [...BOUNDS, Number.POSITIVE_INFINITY].map((_, i) => (i === bucket ? count : 0)), sum: count / 4 };
}

/** Every concept of one observed part after so many seconds. */
export function observedPoints(second: number): readonly SeriesPoint[] {
  return SERVER_CONCEPTS.map(({ name, kind }) => ({
    at: second * 1000,
    name,
    labels: '{part="llm",replica="0",server="vllm"}',
    value: kind === "counter" ? second : 0.5,
  }));
}
