import { PERCENTILES } from "../base/index.ts";
import { carries } from "../stats/index.ts";
import type { Distribution } from "./scope.ts";
import type { MetricSummary } from "./summary-schema.ts";

/** Share by which attempts still waiting may raise a figure without its being called a lower bound: less than three digits show. */
const NEAR = 0.01;

/**
 * A metric as the summary shows it: percentiles that its samples cannot carry are left out, and those that attempts still waiting could
 * raise are named in `atLeast`.
 */
export function metricSummary(distribution: Distribution | undefined): MetricSummary {
  if (!distribution) return { n: 0 };
  const { n, censored, min, mean, max, quantiles, waiting } = distribution;
  const summary: MetricSummary = { n, min, mean };
  const atLeast: string[] = [];
  if (waiting && min >= waiting.from) atLeast.push("min");
  if (waiting) atLeast.push("mean");
  for (const [name, p] of Object.entries(PERCENTILES)) {
    const value = quantiles.get(p);
    if (value === undefined || !carries(n, p)) continue;
    Object.assign(summary, { [name]: value });
    if (waiting && value >= waiting.from && (waiting.upper.get(p) ?? Number.POSITIVE_INFINITY) > value * (1 + NEAR)) {
      atLeast.push(name);
    }
  }
  summary.max = max;
  if (waiting) atLeast.push("max");
  if (censored > 0) {
    summary.censored = censored;
    summary.atLeast = atLeast;
  }
  return summary;
}
