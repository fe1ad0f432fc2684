import type { Column } from "../../facts/types.ts";
import { smoothed, type Watched } from "../alarm.ts";
import { byBaseline } from "./by-baseline.ts";

const ratio = (measure: string, high: Column, low: Column): Watched => ({
  measure,
  unit: "ratio",
  component: "target",
  values: smoothed(high.map((value, i) => value / (low[i] ?? Number.NaN))),
  scale: "log",
  floor: 0.1,
});

const say = (value: number): string => value.toFixed(1);

/** The same ratio holds at any load of one queue; a rise means that some wait behind others. */
export const tail = byBaseline({
  name: "tail",
  happened: "the slow answers grew slower than the others",
  falseAlarms: 0.05,
  series: ({ client }) => [ratio("ttft.p95 / ttft.p50", client.ttftP95, client.ttftP50)],
  say,
});

export const gapTail = byBaseline({
  name: "gap-tail",
  happened: "gaps between tokens became uneven",
  falseAlarms: 0.05,
  series: ({ client }) => [ratio("itl.p99 / itl.p50", client.itlP99, client.itlP50)],
  say,
});
