import { BOUNDS } from "./metrics.ts";
import { CUMULATIVE, resourceOf, SCOPE, type Times, timesOf } from "./otlp.ts";
import type { Identity, Labels, MetricNow, Snapshot } from "./types.ts";

/** A snapshot as OTLP/HTTP metrics in JSON; whole numbers of 64 bits are texts there. */
export function otlpJson(snapshot: Snapshot, identity: Identity): Uint8Array {
  const times = timesOf(snapshot, identity);
  return new TextEncoder().encode(
    JSON.stringify({
      resourceMetrics: [
        {
          resource: { attributes: attributes(resourceOf(identity)) },
          scopeMetrics: [
            {
              scope: { name: SCOPE, version: identity.version },
              metrics: snapshot.metrics.map((metric) => ({
                name: metric.name,
                description: metric.help,
                unit: metric.unit,
                ...dataOf(metric, times),
              })),
            },
          ],
        },
      ],
    }),
  );
}

function dataOf(metric: MetricNow, { start, now }: Times) {
  const since = { startTimeUnixNano: String(start) };
  const time = { timeUnixNano: String(now) };
  if (metric.kind === "histogram") {
    const dataPoints = metric.series.map(({ labels, spread: { counts, sum } }) => ({
      attributes: attributes(labels),
      ...since,
      ...time,
      count: String(counts.reduce((total, count) => total + count, 0)),
      sum,
      bucketCounts: counts.map(String),
      explicitBounds: BOUNDS,
    }));
    return { histogram: { dataPoints, aggregationTemporality: CUMULATIVE } };
  }
  const isCounter = metric.kind === "counter";
  const dataPoints = metric.series.map(({ labels, value }) => ({
    attributes: attributes(labels),
    ...(isCounter ? since : {}),
    ...time,
    asDouble: value,
  }));
  return isCounter
    ? { sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } }
    : { gauge: { dataPoints } };
}

function attributes(labels: Labels) {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
