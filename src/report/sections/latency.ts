import type { Group, MetricSummary } from "../../analyse/index.ts";
import { METRICS, type MetricName } from "../../base/index.ts";
import { formatCount, latency, type Statistic } from "../figures.ts";
import { type Cell, type Column, table } from "../table.ts";
import { plain, wrap } from "../text.ts";
import { heading, type Section, type SectionContext } from "./section.ts";

const SHOWN: readonly Statistic[] = ["p50", "p90", "p95", "p99", "max"];

const TOTAL: readonly MetricName[] = ["response", "service", "ttft", "ttfo", "itl", "tpot", "stall"];
const MORE: readonly MetricName[] = ["ttfb", "connect"];
const BY_GROUP: readonly MetricName[] = ["response", "service", "ttft", "ttfo", "itl"];

const TITLES: ReadonlyMap<string, string> = new Map(METRICS.map((metric) => [metric.name, metric.title]));

function cellsOf(metric: MetricSummary): Cell[] {
  return [{ text: formatCount(metric.n) }, ...SHOWN.map((statistic) => ({ text: latency(metric, statistic) }))];
}

const FIGURES: readonly Column[] = [
  { title: "n", align: "right" },
  ...SHOWN.map(
    (statistic): Column =>
      statistic === "max" || statistic === "p90"
        ? { title: statistic, align: "right", drop: statistic === "max" ? 2 : 1 }
        : { title: statistic, align: "right" },
  ),
];

/** Reasoning models answer later than they begin to think; for all others the first answer token says nothing new. */
function differs(a: MetricSummary | undefined, b: MetricSummary | undefined): boolean {
  if (a === undefined || b === undefined) return b !== undefined;
  return (
    a.n !== b.n ||
    SHOWN.some((statistic) => Math.abs((a[statistic] ?? 0) - (b[statistic] ?? 0)) > 0.005 * (a[statistic] ?? 0))
  );
}

function metricsOf(group: Group, names: readonly MetricName[]): [MetricName, MetricSummary][] {
  const list: [MetricName, MetricSummary][] = [];
  for (const name of names) {
    const metric = group.metrics[name];
    if (metric === undefined || metric.n === 0) continue;
    if (name === "ttfo" && !differs(group.metrics.ttft, metric)) continue;
    list.push([name, metric]);
  }
  return list;
}

export const latencies: Section = (summary, context) => {
  const metrics = metricsOf(summary.total, context.mode === "full" ? [...TOTAL, ...MORE] : TOTAL);
  if (metrics.length === 0) return [];
  const { width, paint } = context;
  const lines = [
    heading(
      "Latency",
      "response and first token from the intended send time, service time from the actual one",
      context,
    ),
  ];
  lines.push(
    ...table(
      [{ title: "", align: "left", shrinkTo: 14 }, ...FIGURES],
      metrics.map(([name, metric]) => [{ text: TITLES.get(name) ?? name }, ...cellsOf(metric)]),
      { width, paint, least: [22] },
    ),
  );
  const censored = summary.total.metrics.response?.censored ?? 0;
  if (censored > 0) {
    const text = `${formatCount(censored)} of ${formatCount(summary.total.metrics.response?.n ?? 0)} ${censored === 1 ? "was still waiting when it" : "were still waiting when they"} ended; ≥ marks what is only a lower bound.`;
    lines.push(...wrap(text, width, "  ").map((line) => paint(line, "dim")));
  }
  return lines;
};

function breakdown(
  title: string,
  groups: readonly (Group & { readonly name: string })[],
  context: SectionContext,
): string[] {
  const rows: Cell[][] = [];
  for (const group of groups) {
    let name = plain(group.name);
    for (const [metricName, metric] of metricsOf(group, BY_GROUP)) {
      rows.push([{ text: name, styles: ["bold"] }, { text: TITLES.get(metricName) ?? metricName }, ...cellsOf(metric)]);
      name = "";
    }
  }
  if (rows.length === 0) return [];
  const { width, paint } = context;
  return [
    heading(title, "", context),
    ...table(
      [{ title: "", align: "left", shrinkTo: 10 }, { title: "", align: "left", shrinkTo: 18 }, ...FIGURES],
      rows,
      { width, paint },
    ),
  ];
}

/** Worth its lines only where there is more than one of them. */
export const stageLatencies: Section = ({ stages }, context) =>
  context.mode === "full" && stages.length > 1 ? breakdown("Latency by stage", stages, context) : [];

export const personaLatencies: Section = ({ personas }, context) =>
  context.mode === "full" && personas.length > 1 ? breakdown("Latency by persona", personas, context) : [];
