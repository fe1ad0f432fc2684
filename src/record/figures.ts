import { METRICS, type MetricName, OUTCOMES, type Outcome } from "../base/index.ts";
import type { ColumnArrays } from "./columns.ts";

/** A metric whose values belong to attempts; `itl` belongs to gaps. */
export type SampleMetric = Exclude<MetricName, "itl">;

/** ms of a row; NaN: absent. */
export type RowValue = (row: number) => number;

/**
 * How one attempt's value of a metric is worked out, once as JavaScript over a block's columns (the tally) and once as SQL over
 * `samples` (the summary). NaN and NULL: the attempt has no such value.
 */
export interface Figure {
  readonly name: SampleMetric;
  /** The value as the metric's formula gives it, whatever the outcome; bound to a block once, then called for its rows. */
  readonly value: (columns: ColumnArrays) => RowValue;
  readonly valueSql: string;
  /** Outcomes whose value counts; undefined: all. */
  readonly counts: "answered" | undefined;
  /** For an attempt that ended while waiting: the wait so far, a lower bound. */
  readonly wait?: (columns: ColumnArrays) => RowValue;
  readonly waitSql?: string;
}

type TimeColumn =
  | "scheduledAt"
  | "dueAt"
  | "startedAt"
  | "dialledAt"
  | "connectedAt"
  | "firstByteAt"
  | "firstTokenAt"
  | "firstAnswerAt"
  | "endAt";

const between =
  (from: TimeColumn, to: TimeColumn): Figure["value"] =>
  (columns) => {
    const [start, end] = [columns[from], columns[to]];
    return (row) => (end[row] ?? Number.NaN) - (start[row] ?? Number.NaN);
  };

const stall: Figure["value"] = ({ stall: gaps }) => {
  return (row) => gaps[row] ?? Number.NaN;
};

const tpot: Figure["value"] = ({ outputTokens, firstTokenAt, lastTokenAt }) => {
  return (row) => {
    const tokens = outputTokens[row] ?? -1;
    return tokens > 1
      ? ((lastTokenAt[row] ?? Number.NaN) - (firstTokenAt[row] ?? Number.NaN)) / (tokens - 1)
      : Number.NaN;
  };
};

type Computed = Pick<Figure, "value" | "wait" | "waitSql">;

/** A stamp that never came: from the intended time to the end, where the attempt was still waiting for it. */
const untilEnd = { wait: between("scheduledAt", "endAt"), waitSql: "endAt - scheduledAt" };

const computed: Readonly<Record<SampleMetric, Computed>> = {
  response: { value: between("scheduledAt", "endAt"), ...untilEnd },
  service: { value: between("startedAt", "endAt"), wait: between("startedAt", "endAt"), waitSql: "endAt - startedAt" },
  connect: { value: between("dialledAt", "connectedAt") },
  ttfb: { value: between("startedAt", "firstByteAt") },
  ttft: { value: between("scheduledAt", "firstTokenAt"), ...untilEnd },
  ttfo: { value: between("scheduledAt", "firstAnswerAt"), ...untilEnd },
  tpot: { value: tpot },
  stall: { value: stall, wait: stall, waitSql: "stall" },
  startLag: { value: between("dueAt", "startedAt") },
};

/** Figures of a target that never streams lack these: without a stream nobody waits for its first token. */
const STREAM_ONLY: ReadonlySet<MetricName> = new Set(["ttft", "ttfo"]);

/** One entry a metric of METRICS, `itl` left out. `streams`: whether the target's protocol streams its answers. */
export function figures(streams: boolean): readonly Figure[] {
  return METRICS.flatMap((metric): Figure[] => {
    if (metric.name === "itl" || metric.sql === undefined) return [];
    const { value, wait, waitSql } = computed[metric.name];
    const figure = {
      name: metric.name,
      value,
      valueSql: metric.sql,
      counts: metric.counts === "answered" ? ("answered" as const) : undefined,
    };
    const waits =
      metric.censoring && wait !== undefined && waitSql !== undefined && (streams || !STREAM_ONLY.has(metric.name));
    return [waits ? { ...figure, wait, waitSql } : figure];
  });
}

export const ANSWERED: readonly Outcome[] = OUTCOMES.filter((outcome) => outcome.answered).map(
  (outcome) => outcome.name,
);
export const CENSORED: readonly Outcome[] = OUTCOMES.filter((outcome) => outcome.censored).map(
  (outcome) => outcome.name,
);

/** Where an attempt's value comes from: its own, its wait so far, or nothing. */
export type Part = "value" | "wait" | "none";

/** Which part of a figure an attempt contributes. `value` is the figure's own value for it, NaN for none. */
export function partOf(
  figure: Figure,
  value: number,
  outcome: { readonly answered: boolean; readonly censored: boolean },
): Part {
  const own = figure.counts === "answered" ? outcome.answered : true;
  if (own && !Number.isNaN(value)) return "value";
  return figure.wait !== undefined && outcome.censored ? "wait" : "none";
}

export function sqlList(texts: readonly string[]): string {
  return texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");
}

/** The same rule as {@link partOf} in SQL: `value` in ms (NULL for none) and `censored`, whether it is only a lower bound. */
export function figureSql(figure: Figure): { readonly value: string; readonly censored: string } {
  const answered = figure.counts === "answered" ? `outcome IN (${sqlList(ANSWERED)}) AND ` : "";
  const own = `${answered}(${figure.valueSql}) IS NOT NULL`;
  if (figure.waitSql === undefined) return { value: `CASE WHEN ${own} THEN ${figure.valueSql} END`, censored: "FALSE" };
  const waits = `outcome IN (${sqlList(CENSORED)})`;
  return {
    value: `CASE WHEN ${own} THEN ${figure.valueSql} WHEN ${waits} THEN ${figure.waitSql} END`,
    censored: `NOT coalesce(${own}, FALSE) AND ${waits}`,
  };
}
