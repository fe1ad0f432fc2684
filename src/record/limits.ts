import type { MetricName } from "../base/index.ts";
import type { Threshold } from "../plan/index.ts";
import { ANSWERED, type Figure, type SampleMetric, sqlList } from "./figures.ts";

/** What one answer must keep to be good: a latency limit of the plan's SLOs, applied to the answer itself. */
export interface AnswerLimit {
  readonly metric: SampleMetric;
  readonly inclusive: boolean;
  /** ms */
  readonly limit: number;
  /** Absent: of any stage, of any persona. */
  readonly stage?: string;
  readonly persona?: string;
}

/** Metrics that tell a user's experience of one answer. */
const PER_ANSWER: readonly MetricName[] = ["response", "service", "ttfb", "ttft", "ttfo", "tpot", "stall"];

/**
 * The per-answer limits of a plan: every SLO that bounds a latency metric from above by a value, whatever its percentile. A limit
 * on the minimum says nothing of single answers; a factor of the baseline has no value before the run.
 */
export function answerLimits(slo: readonly Threshold[]): readonly AnswerLimit[] {
  return slo.flatMap((threshold): AnswerLimit[] => {
    const { subject, operator, limit, filters } = threshold;
    if (subject.kind !== "metric" || subject.metric === "itl" || !PER_ANSWER.includes(subject.metric)) return [];
    if (subject.aggregate === "min" || limit.kind !== "value" || (operator !== "<" && operator !== "<=")) return [];
    return [{ metric: subject.metric, inclusive: operator === "<=", limit: limit.value, ...filters }];
  });
}

/** Whether a value keeps a limit; an answer without such a value (one event has no gap) has nothing to break. */
export function keeps(limit: AnswerLimit, value: number): boolean {
  return Number.isNaN(value) || value < limit.limit || (limit.inclusive && value === limit.limit);
}

/** `good` in SQL over `samples`: answered, and within every limit that is meant for it. */
export function goodSql(limits: readonly AnswerLimit[], figures: readonly Figure[]): string {
  const parts = limits.flatMap((limit) => {
    const figure = figures.find((candidate) => candidate.name === limit.metric);
    if (!figure) return [];
    const elsewhere = [
      ...(limit.stage === undefined ? [] : [`stage <> ${sqlList([limit.stage])}`]),
      ...(limit.persona === undefined ? [] : [`persona <> ${sqlList([limit.persona])}`]),
    ];
    const kept = `coalesce((${figure.valueSql}) ${limit.inclusive ? "<=" : "<"} ${limit.limit}, TRUE)`;
    return [`(${[...elsewhere, kept].join(" OR ")})`];
  });
  return [`outcome IN (${sqlList(ANSWERED)})`, ...parts].join(" AND ");
}
