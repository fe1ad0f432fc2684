import { expect, test } from "vitest";
import { otlpJson } from "./otlp-json.ts";
import { otlpProtobuf } from "./otlp-protobuf.ts";
import { LatestObserved, snapshotOf } from "./snapshot.ts";
import { IDENTITY, observedPoints, ownPoints } from "./test/a-run.ts";
import { doubleOf, type Fields, messages, readProtobuf, textOf, wholeOf } from "./test/read-protobuf.ts";

const observed = new LatestObserved();
observed.add(observedPoints(3));
const SNAPSHOT = snapshotOf(ownPoints(3), observed.metrics(), 1_700_000_003_000);

test("JSON follows OTLP: times as texts of ns, counters cumulative and monotonic", () => {
  const body: unknown = JSON.parse(Buffer.from(otlpJson(SNAPSHOT, IDENTITY)).toString("utf8"));
  expect(body).toMatchObject({
    resourceMetrics: [
      {
        resource: {
          attributes: expect.arrayContaining([
            { key: "service.name", value: { stringValue: "plimsoll" } },
            { key: "service.instance.id", value: { stringValue: "r-1" } },
            { key: "plan", value: { stringValue: 'a "plan"' } },
          ]),
        },
        scopeMetrics: [
          {
            scope: { name: "plimsoll", version: "1.2.3" },
            metrics: expect.arrayContaining([
              {
                name: "plimsoll.sent",
                description: "Bytes sent to the target.",
                unit: "By",
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: [
                    {
                      attributes: [],
                      startTimeUnixNano: "1700000000000000000",
                      timeUnixNano: "1700000003000000000",
                      asDouble: 3,
                    },
                  ],
                },
              },
              {
                name: "plimsoll.generator.state",
                description: expect.any(String),
                unit: "1",
                gauge: {
                  dataPoints: [
                    {
                      attributes: [{ key: "state", value: { stringValue: "well" } }],
                      timeUnixNano: "1700000003000000000",
                      asDouble: 1,
                    },
                  ],
                },
              },
            ]),
          },
        ],
      },
    ],
  });
});

test("protobuf says the same as JSON", () => {
  const [resourceMetrics = new Map()] = messages(readProtobuf(otlpProtobuf(SNAPSHOT, IDENTITY)), 1);
  const [resource = new Map()] = messages(resourceMetrics, 1);
  const [scopeMetrics = new Map()] = messages(resourceMetrics, 2);
  const [scope = new Map()] = messages(scopeMetrics, 1);
  const read = {
    resourceMetrics: [
      {
        resource: { attributes: attributesOf(resource, 1) },
        scopeMetrics: [
          {
            scope: { name: textOf(scope, 1), version: textOf(scope, 2) },
            metrics: messages(scopeMetrics, 2).map(metricOf),
          },
        ],
      },
    ],
  };
  expect(read).toEqual(JSON.parse(Buffer.from(otlpJson(SNAPSHOT, IDENTITY)).toString("utf8")));
});

function metricOf(metric: Fields) {
  const named = { name: textOf(metric, 1), description: textOf(metric, 2), unit: textOf(metric, 3) };
  const [sum] = messages(metric, 7);
  const [gauge] = messages(metric, 5);
  const [histogram] = messages(metric, 9);
  if (histogram !== undefined)
    return {
      ...named,
      histogram: {
        dataPoints: messages(histogram, 1).map(spreadOf),
        aggregationTemporality: Number(wholeOf(histogram, 2)),
      },
    };
  if (sum === undefined) return { ...named, gauge: { dataPoints: messages(gauge ?? new Map(), 1).map(pointOf) } };
  return {
    ...named,
    sum: {
      dataPoints: messages(sum, 1).map(pointOf),
      aggregationTemporality: Number(wholeOf(sum, 2)),
      isMonotonic: wholeOf(sum, 3) === 1n,
    },
  };
}

function pointOf(point: Fields) {
  return {
    attributes: attributesOf(point, 7),
    ...(point.has(2) ? { startTimeUnixNano: String(wholeOf(point, 2)) } : {}),
    timeUnixNano: String(wholeOf(point, 3)),
    asDouble: doubleOf(point, 4),
  };
}

function spreadOf(point: Fields) {
  return {
    attributes: attributesOf(point, 9),
    startTimeUnixNano: String(wholeOf(point, 2)),
    timeUnixNano: String(wholeOf(point, 3)),
    count: String(wholeOf(point, 4)),
    sum: doubleOf(point, 5),
    bucketCounts: packedOf(point, 6, (view, at) => String(view.getBigUint64(at, true))),
    explicitBounds: packedOf(point, 7, (view, at) => view.getFloat64(at, true)),
  };
}

function packedOf<T>(point: Fields, field: number, read: (view: DataView, at: number) => T): T[] {
  const [bytes] = point.get(field) ?? [];
  if (!(bytes instanceof Uint8Array)) throw new Error(`field ${field} is not packed`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 8 }, (_, i) => read(view, i * 8));
}

function attributesOf(fields: Fields, field: number) {
  return messages(fields, field).map((pair) => ({
    key: textOf(pair, 1),
    value: { stringValue: textOf(messages(pair, 2)[0] ?? new Map(), 1) },
  }));
}
