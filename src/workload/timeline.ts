import type { Stage, StageUnit } from "../plan/index.ts";
import { type LoadedStage, type Span, spansOf } from "./rate.ts";

/** The load of all stages of one unit over the whole run; stages of the other unit count as no load. Times in ms of the run. */
export interface Timeline {
  readonly spans: readonly Span[];
  /** Integral of the load (load times seconds) up to each span's start, and one entry more: the whole. */
  readonly totals: Float64Array;
  /** Load at a time; 0 outside the stages. */
  rateAt(at: number): number;
  /** Integral of the load up to a time, load times seconds: for open stages the sessions expected. */
  totalAt(at: number): number;
}

export function timelineOf(stages: readonly (LoadedStage & Pick<Stage, "unit">)[], unit: StageUnit): Timeline {
  const spans = stages
    .flatMap((stage, index) => (stage.unit === unit ? spansOf(stage, index) : []))
    .sort((x, y) => x.from - y.from);
  const totals = new Float64Array(spans.length + 1);
  spans.forEach((span, i) => {
    totals[i + 1] = (totals[i] ?? 0) + span.integral(span.to) / 1000;
  });
  /** Last span that starts at or before `at`. */
  const find = (at: number): number => {
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((spans[middle]?.from ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  return {
    spans,
    totals,
    rateAt: (at) => {
      const span = spans[find(at)];
      return span !== undefined && at < span.to ? span.rate(at) : 0;
    },
    totalAt: (at) => {
      const index = find(at);
      const span = spans[index];
      if (span === undefined) return 0;
      return at < span.to ? (totals[index] ?? 0) + span.integral(at) / 1000 : (totals[index + 1] ?? 0);
    },
  };
}
