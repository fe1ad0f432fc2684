import { ProtobufWriter } from "./protobuf.ts";
import type { Identity, Labels, MetricNow, Snapshot } from "./types.ts";

const CUMULATIVE = 2;
const NANOS = 1_000_000n;
const SCOPE = "plimsoll";

/** A snapshot as OTLP/HTTP metrics, JSON (opentelemetry-proto 1, `ExportMetricsServiceRequest`). */
export function otlpJson(snapshot: Snapshot, identity: Identity): Uint8Array {
  const times = timesOf(snapshot, identity);
  const points = (metric: MetricNow) =>
    metric.series.map(({ labels, value }) => ({
      attributes: attributes(labels),
      ...(metric.kind === "counter" ? { startTimeUnixNano: String(times.start) } : {}),
      timeUnixNano: String(times.now),
      asDouble: value,
    }));
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
                ...(metric.kind === "counter"
                  ? { sum: { dataPoints: points(metric), aggregationTemporality: CUMULATIVE, isMonotonic: true } }
                  : { gauge: { dataPoints: points(metric) } }),
              })),
            },
          ],
        },
      ],
    }),
  );
}

/** Field numbers of opentelemetry-proto 1: metrics.proto, resource.proto, common.proto. */
const REQUEST = { resourceMetrics: 1 } as const;
const RESOURCE_METRICS = { resource: 1, scopeMetrics: 2 } as const;
const RESOURCE = { attributes: 1 } as const;
const SCOPE_METRICS = { scope: 1, metrics: 2 } as const;
const SCOPE_FIELDS = { name: 1, version: 2 } as const;
const METRIC = { name: 1, description: 2, unit: 3, gauge: 5, sum: 7 } as const;
const DATA = { points: 1, temporality: 2, isMonotonic: 3 } as const;
const POINT = { start: 2, time: 3, asDouble: 4, attributes: 7 } as const;
const KEY_VALUE = { key: 1, value: 2 } as const;
const ANY_VALUE = { text: 1 } as const;

/** The same as protobuf. */
export function otlpProtobuf(snapshot: Snapshot, identity: Identity): Uint8Array {
  const times = timesOf(snapshot, identity);
  const request = new ProtobufWriter();
  request.message(REQUEST.resourceMetrics, (resourceMetrics) => {
    resourceMetrics.message(RESOURCE_METRICS.resource, (resource) =>
      writeAttributes(resource, RESOURCE.attributes, resourceOf(identity)),
    );
    resourceMetrics.message(RESOURCE_METRICS.scopeMetrics, (scopeMetrics) => {
      scopeMetrics.message(SCOPE_METRICS.scope, (scope) =>
        scope.text(SCOPE_FIELDS.name, SCOPE).text(SCOPE_FIELDS.version, identity.version),
      );
      for (const metric of snapshot.metrics) {
        scopeMetrics.message(SCOPE_METRICS.metrics, (writer) => writeMetric(writer, metric, times));
      }
    });
  });
  return request.end();
}

function writeMetric(writer: ProtobufWriter, metric: MetricNow, times: Times): void {
  const isCounter = metric.kind === "counter";
  writer.text(METRIC.name, metric.name).text(METRIC.description, metric.help).text(METRIC.unit, metric.unit);
  writer.message(isCounter ? METRIC.sum : METRIC.gauge, (data) => {
    for (const { labels, value } of metric.series) {
      data.message(DATA.points, (point) => {
        if (isCounter) point.fixed64(POINT.start, times.start);
        point.fixed64(POINT.time, times.now).double(POINT.asDouble, value);
        writeAttributes(point, POINT.attributes, labels);
      });
    }
    if (isCounter) data.uint(DATA.temporality, CUMULATIVE).uint(DATA.isMonotonic, 1);
  });
}

function writeAttributes(writer: ProtobufWriter, field: number, labels: Labels): void {
  for (const [key, text] of Object.entries(labels)) {
    writer.message(field, (pair) =>
      pair.text(KEY_VALUE.key, key).message(KEY_VALUE.value, (value) => value.text(ANY_VALUE.text, text)),
    );
  }
}

interface Times {
  /** ns since 1970. */
  readonly start: bigint;
  readonly now: bigint;
}

function timesOf({ at }: Snapshot, { since }: Identity): Times {
  return { start: BigInt(since) * NANOS, now: BigInt(at) * NANOS };
}

/** Prometheus makes `job` and `instance` of the first two. */
function resourceOf({ labels, version }: Identity): Labels {
  const { run = "", ...rest } = labels;
  return { "service.name": "plimsoll", "service.instance.id": run, "service.version": version, ...rest };
}

function attributes(labels: Labels) {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
