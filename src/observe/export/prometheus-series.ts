import { BOUNDS, prometheusName } from "./metrics.ts";
import type { Labels, MetricNow, PrometheusSeries, Spread } from "./types.ts";

/** The series of a metric: of a distribution its buckets, each with all that lie below, its sum and its count. */
export function prometheusSeries(metric: MetricNow): readonly PrometheusSeries[] {
  const name = prometheusName(metric);
  if (metric.kind !== "histogram") return metric.series.map(({ labels, value }) => ({ name, labels, value }));
  return metric.series.flatMap(({ labels, spread }) => spreadSeries(name, labels, spread));
}

/** Of these series those that the others lack. */
export function seriesWithout(
  series: readonly PrometheusSeries[],
  others: readonly PrometheusSeries[],
): readonly PrometheusSeries[] {
  const there = new Set(others.map(keyOf));
  return series.filter((one) => !there.has(keyOf(one)));
}

function keyOf({ name, labels }: PrometheusSeries): string {
  return `${name}${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function spreadSeries(name: string, labels: Labels, { counts, sum }: Spread): PrometheusSeries[] {
  let below = 0;
  const buckets = counts.map((count, i): PrometheusSeries => {
    below += count;
    return { name: `${name}_bucket`, labels: { ...labels, le: String(BOUNDS[i] ?? "+Inf") }, value: below };
  });
  return [...buckets, { name: `${name}_sum`, labels, value: sum }, { name: `${name}_count`, labels, value: below }];
}
