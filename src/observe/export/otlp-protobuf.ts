import { BOUNDS } from "./metrics.ts";
import { CUMULATIVE, resourceOf, SCOPE, type Times, timesOf } from "./otlp.ts";
import { ProtobufWriter } from "./protobuf.ts";
import type { Identity, Labels, MetricNow, NumbersNow, Snapshot, SpreadsNow } from "./types.ts";

/** Field numbers of opentelemetry-proto 1: metrics.proto, resource.proto, common.proto. */
const REQUEST = { resourceMetrics: 1 } as const;
const RESOURCE_METRICS = { resource: 1, scopeMetrics: 2 } as const;
const RESOURCE = { attributes: 1 } as const;
const SCOPE_METRICS = { scope: 1, metrics: 2 } as const;
const SCOPE_FIELDS = { name: 1, version: 2 } as const;
const METRIC = { name: 1, description: 2, unit: 3, gauge: 5, sum: 7, histogram: 9 } as const;
const DATA = { points: 1, temporality: 2, isMonotonic: 3 } as const;
const POINT = { start: 2, time: 3, asDouble: 4, attributes: 7 } as const;
const SPREAD = { start: 2, time: 3, count: 4, sum: 5, buckets: 6, bounds: 7, attributes: 9 } as const;
const KEY_VALUE = { key: 1, value: 2 } as const;
const ANY_VALUE = { text: 1 } as const;

/** A snapshot as OTLP/HTTP metrics in protobuf. */
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
  writer.text(METRIC.name, metric.name).text(METRIC.description, metric.help).text(METRIC.unit, metric.unit);
  if (metric.kind === "histogram") writer.message(METRIC.histogram, (data) => writeSpreads(data, metric, times));
  else
    writer.message(metric.kind === "counter" ? METRIC.sum : METRIC.gauge, (data) => writeNumbers(data, metric, times));
}

function writeNumbers(data: ProtobufWriter, { kind, series }: NumbersNow, { start, now }: Times): void {
  for (const { labels, value } of series) {
    data.message(DATA.points, (point) => {
      if (kind === "counter") point.fixed64(POINT.start, start);
      point.fixed64(POINT.time, now).double(POINT.asDouble, value);
      writeAttributes(point, POINT.attributes, labels);
    });
  }
  if (kind === "counter") data.uint(DATA.temporality, CUMULATIVE).uint(DATA.isMonotonic, 1);
}

function writeSpreads(data: ProtobufWriter, { series }: SpreadsNow, { start, now }: Times): void {
  for (const { labels, spread } of series) {
    const counts = spread.counts.map(BigInt);
    const all = counts.reduce((total, count) => total + count, 0n);
    data.message(DATA.points, (point) => {
      point.fixed64(SPREAD.start, start).fixed64(SPREAD.time, now).fixed64(SPREAD.count, all);
      point.double(SPREAD.sum, spread.sum).packed(SPREAD.buckets, counts).packed(SPREAD.bounds, BOUNDS);
      writeAttributes(point, SPREAD.attributes, labels);
    });
  }
  data.uint(DATA.temporality, CUMULATIVE);
}

function writeAttributes(writer: ProtobufWriter, field: number, labels: Labels): void {
  for (const [key, text] of Object.entries(labels)) {
    writer.message(field, (pair) =>
      pair.text(KEY_VALUE.key, key).message(KEY_VALUE.value, (value) => value.text(ANY_VALUE.text, text)),
    );
  }
}
