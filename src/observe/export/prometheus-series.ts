import { BOUNDS, prometheusName } from "./metrics.ts";
import type { Labels, MetricNow, Spread } from "./types.ts";

/** One series as Prometheus has it. */
export interface PrometheusSeries {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** The series of a metric: of a distribution its buckets, each with all that lie below, its sum and its count. */
export function prometheusSeries(metric: MetricNow): readonly PrometheusSeries[] {
  const name = prometheusName(metric);
  if (metric.kind !== "histogram") return metric.series.map(({ labels, value }) => ({ name, labels, value }));
  return metric.series.flatMap(({ labels, spread }) => spreadSeries(name, labels, spread));
}

function spreadSeries(name: string, labels: Labels, { counts, sum }: Spread): PrometheusSeries[] {
  let below = 0;
  const buckets = counts.map((count, i): PrometheusSeries => {
    below += count;
    return { name: `${name}_bucket`, labels: { ...labels, le: String(BOUNDS[i] ?? "+Inf") }, value: below };
  });
  return [...buckets, { name: `${name}_sum`, labels, value: sum }, { name: `${name}_count`, labels, value: below }];
}
