import { expect, test } from "vitest";
import { collector } from "../test/collector.ts";
import { MOST_WAITING, SpanExporter } from "./exporter.ts";
import { attributesOf, type OtlpSpan, unixNano } from "./otlp.ts";

const span: OtlpSpan = {
  traceId: `${"0".repeat(31)}1`,
  spanId: `${"0".repeat(15)}1`,
  name: "x",
  kind: 1,
  startTimeUnixNano: unixNano(1_700_000_000_000.25),
  endTimeUnixNano: unixNano(1_700_000_000_001),
  attributes: [],
  status: { code: 0 },
};

test("the queue of spans is bounded: what does not fit is dropped and counted", async () => {
  const otlp = await collector();
  const told: string[] = [];
  const exporter = new SpanExporter({ url: otlp.url, service: "s", instance: "i", tell: (text) => told.push(text) });
  exporter.add(new Array<OtlpSpan>(MOST_WAITING + 25).fill(span));
  await exporter.close();
  expect(exporter.counts).toEqual({ sent: MOST_WAITING, dropped: 25, failedPosts: 0 });
  expect(otlp.spans).toHaveLength(MOST_WAITING);
  expect(told).toHaveLength(1);
  otlp.close();
});

test("times have nanoseconds that a double has no room for", () => {
  expect(unixNano(1_700_000_000_000.25)).toBe("1700000000000250000");
  expect(unixNano(2 ** 40 + 1 - 2 ** -12)).toBe("1099511627776999756");
});

test("latencies are doubles also when they are whole seconds, counts are integers, nothing is absent by name", () => {
  expect(
    attributesOf({ "gen_ai.latency.e2e": 1, "gen_ai.usage.prompt_tokens": 1, none: undefined, list: ["a"] }),
  ).toEqual([
    { key: "gen_ai.latency.e2e", value: { doubleValue: 1 } },
    { key: "gen_ai.usage.prompt_tokens", value: { intValue: "1" } },
    { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }] } } },
  ]);
});
