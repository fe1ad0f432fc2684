import type { PageData, PageLimit } from "../../../src/report/page/types.ts";

/** What a metric is called: `first token`. */
export function metricTitle(data: PageData, metric: string): string {
  return data.formulas[metric]?.title ?? metric;
}

const SUBJECTS: Readonly<Record<string, string>> = {
  "errors.rate": "errors",
  "rates.goodput": "good answers",
  "rates.completed": "answers",
  "rates.started": "sessions started",
  "cost.perGoodAnswer": "cost of a good answer",
  "cost.perAnswer": "cost of an answer",
  "cost.total": "cost",
};

/** A limit in words: `first token, p95`; where it is only for some, of whom. */
export function limitName(data: PageData, limit: PageLimit | undefined, expression: string): string {
  if (limit === undefined) return expression;
  const { subject, metric, stage, persona } = limit;
  const of = [stage, persona].filter((part) => part !== undefined).join(", ");
  const what =
    metric === undefined
      ? (SUBJECTS[subject] ?? subject.replace(/^outcomes\./, "").replace(/\.(rate|count)$/, ""))
      : `${metricTitle(data, metric)}, ${subject.slice(metric.length + 1)}`;
  return of === "" ? what : `${what} (${of})`;
}

export function limitOf(data: PageData, expression: string): PageLimit | undefined {
  return data.limits.find((limit) => limit.expression === expression);
}
