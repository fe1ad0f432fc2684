import { expect, test } from "vitest";
import { prometheusSeries } from "./prometheus-series.ts";
import { remoteWrite } from "./remote-write.ts";
import { LatestObserved, snapshotOf } from "./snapshot.ts";
import { IDENTITY, observedPoints, ownPoints } from "./test/a-run.ts";
import { doubleOf, type Fields, messages, readProtobuf, readSnappy, textOf, wholeOf } from "./test/read-protobuf.ts";
import type { ExportedPoint } from "./types.ts";

const observed = new LatestObserved();
observed.add(observedPoints(3));
const SNAPSHOT = snapshotOf(ownPoints(3), observed.metrics(), 1_700_000_003_000);

const request = (ended = false): Fields => readProtobuf(readSnappy(remoteWrite(SNAPSHOT, IDENTITY, ended)));
const labelsOf = (series: Fields): [string, string][] =>
  messages(series, 1).map((label) => [textOf(label, 1), textOf(label, 2)]);

test("each series has the run's labels, sorted by name, and its value at its time", () => {
  const series = messages(request(), 1);
  expect(series).toHaveLength(SNAPSHOT.metrics.reduce((sum, metric) => sum + prometheusSeries(metric).length, 0));
  for (const one of series) {
    const names = labelsOf(one).map(([name]) => name);
    expect(names).toEqual([...names].sort());
    expect(Object.fromEntries(labelsOf(one))).toMatchObject({ plan: 'a "plan"', run: "r-1", team: "search" });
  }
  const failed = series.find((one) => labelsOf(one).some(([name, value]) => name === "outcome" && value === "failed"));
  expect(Object.fromEntries(labelsOf(failed ?? new Map()))).toMatchObject({
    __name__: "plimsoll_requests_ended_total",
  });
  const [sample = new Map()] = messages(failed ?? new Map(), 2);
  expect([doubleOf(sample, 1), wholeOf(sample, 2)]).toEqual([3, 1_700_000_003_000n]);
});

test("the end of the series is the one NaN that Prometheus takes for it", () => {
  for (const series of messages(request(true), 1)) {
    const [sample = new Map()] = messages(series, 2);
    expect(wholeOf(sample, 1)).toBe(0x7ff0_0000_0000_0002n);
  }
});

test("a series that is there no more ends, and the others go on", () => {
  const stages = (...names: string[]): ExportedPoint[] =>
    names.map((stage) => ({ name: "plimsoll.run.stage", labels: { stage, kind: "steady" }, value: 1 }));
  const before = snapshotOf([...stages("warm-up"), { name: "plimsoll.cost", value: 1 }], [], 1000);
  const now = snapshotOf([...stages("peak"), { name: "plimsoll.cost", value: 2 }], [], 2000, before);
  const told = messages(readProtobuf(readSnappy(remoteWrite(now, IDENTITY))), 1).map((series) => {
    const { stage = "cost" } = Object.fromEntries(labelsOf(series));
    return [stage, wholeOf(messages(series, 2)[0] ?? new Map(), 1) === 0x7ff0_0000_0000_0002n];
  });
  expect(told).toEqual([
    ["peak", false],
    ["cost", false],
    ["warm-up", true],
  ]);
});

test("a distribution is told by its buckets, each with all below it, its sum and its count", () => {
  const told = messages(request(), 1)
    .map((one) => ({ ...Object.fromEntries(labelsOf(one)), value: doubleOf(messages(one, 2)[0] ?? new Map(), 1) }))
    .filter((one) => "__name__" in one && String(one.__name__).startsWith("plimsoll_ttft_seconds"));
  const at = (name: string, le?: string) =>
    told.find((one) => "__name__" in one && one.__name__ === name && (!("le" in one) || one.le === le))?.value;
  expect(at("plimsoll_ttft_seconds_bucket", "0.2")).toBe(0);
  expect(at("plimsoll_ttft_seconds_bucket", "0.3")).toBe(3);
  expect(at("plimsoll_ttft_seconds_bucket", "+Inf")).toBe(3);
  expect([at("plimsoll_ttft_seconds_sum"), at("plimsoll_ttft_seconds_count")]).toEqual([0.75, 3]);
});

test("each metric says what it is", () => {
  const told = messages(request(), 3).map((family) => [textOf(family, 2), wholeOf(family, 1), textOf(family, 4)]);
  expect(told).toContainEqual(["plimsoll_requests_started_total", 1n, "Requests that were sent, retries included."]);
  expect(told).toContainEqual([
    "plimsoll_observed_server_queued",
    2n,
    "Observed: requests that wait for a place in a batch.",
  ]);
});
