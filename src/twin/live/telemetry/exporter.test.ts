import { once } from "node:events";
import { createServer } from "node:http";
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

function exporterTo(url: string, patience: number, tell: (text: string) => void): SpanExporter {
  return new SpanExporter({ url, service: "s", instance: "i", patience, tell });
}

test("the queue of spans is bounded: what does not fit is dropped and counted", async () => {
  const otlp = await collector();
  const told: string[] = [];
  const exporter = exporterTo(otlp.url, 10_000, (text) => told.push(text));
  exporter.add(new Array<OtlpSpan>(MOST_WAITING + 25).fill(span));
  await exporter.close();
  expect(exporter.counts).toEqual({ sent: MOST_WAITING, dropped: 25 });
  expect(otlp.spans).toHaveLength(MOST_WAITING);
  expect(told).toHaveLength(1);
  otlp.close();
});

test("a collector that never answers is waited for once at the end, however many batches wait", async () => {
  const posts: string[] = [];
  const silent = createServer((message) => posts.push(message.url ?? ""));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const told: string[] = [];
  const exporter = exporterTo(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, 200, (text) =>
    told.push(text),
  );
  exporter.add(new Array<OtlpSpan>(MOST_WAITING).fill(span));
  await exporter.close();
  // The POST under way may run out of its own time a moment before the end's.
  expect(posts.length).toBeLessThanOrEqual(2);
  expect(exporter.counts).toEqual({ sent: 0, dropped: MOST_WAITING });
  expect(told).toHaveLength(1);
  silent.closeAllConnections();
  silent.close();
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
