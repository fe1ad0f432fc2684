import { afterEach, expect, test } from "vitest";
import { type Collector, collector, type SeenSpan } from "./test/collector.ts";
import { post, quickPool, stopTwins, twinOf } from "./test/twin.ts";

const receivers: Collector[] = [];

afterEach(async () => {
  await stopTwins();
  for (const receiver of receivers.splice(0)) receiver.close();
});

async function received(status?: number): Promise<Collector> {
  const receiver = await collector(status);
  receivers.push(receiver);
  return receiver;
}

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const headers = { traceparent: `00-${TRACE}-${PARENT}-01`, "x-request-id": "req-1" };
const ask = { messages: [{ role: "user", content: "How much may a ship carry?" }], max_tokens: 6 };

const named = (spans: readonly SeenSpan[], name: string): SeenSpan => {
  const found = spans.filter((span) => span.name === name);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} spans are called ${name}`);
  return found[0];
};

test("a bare engine sends vLLM's llm_request below the caller's span, with its stages", async () => {
  const otlp = await received();
  const twin = await twinOf(quickPool(2), { otlp: otlp.url });
  const before = Date.now();
  await (await post(`${twin.url}/v1/chat/completions`, ask, { headers })).text();
  const { spans: counts } = await twin.close();
  const { spans } = otlp;
  expect(otlp.faults).toEqual([]);
  expect(counts).toMatchObject({ sent: 4, dropped: 0 });
  expect(spans.map(({ name }) => name)).toEqual(["llm_request", "llm.queue", "llm.prefill", "llm.decode"]);
  const request = named(spans, "llm_request");
  expect(request).toMatchObject({ traceId: TRACE, parent: PARENT, kind: 2, failed: false });
  expect(request.attributes).toMatchObject({
    "gen_ai.request.id": "req-1",
    "gen_ai.request.max_tokens": 6,
    "gen_ai.response.model": "quick",
    "gen_ai.usage.completion_tokens": 6,
    "gen_ai.usage.prompt_tokens": expect.any(Number),
  });
  const seconds = (name: string): number => Number(request.attributes[`gen_ai.latency.${name}`]);
  expect(seconds("e2e")).toBeCloseTo((request.to - request.from) / 1000, 5);
  expect(seconds("time_in_queue") + seconds("time_in_model_inference")).toBeCloseTo(seconds("e2e"), 6);
  expect(seconds("time_in_model_prefill") + seconds("time_in_model_decode")).toBeCloseTo(
    seconds("time_in_model_inference"),
    6,
  );
  expect(seconds("time_in_model_decode")).toBeCloseTo(0.01, 5);
  const stages = spans.slice(1);
  for (const [index, stage] of stages.entries()) {
    expect(stage).toMatchObject({ traceId: TRACE, parent: request.spanId });
    expect(stage.from).toBeCloseTo(stages[index - 1]?.to ?? request.from, 2);
  }
  expect(stages.at(-1)?.to).toBeCloseTo(request.to, 2);
  expect(request.from).toBeGreaterThan(before - 1000);
  expect(request.to).toBeLessThan(Date.now() + 1000);
});

const APP = `
entry: desk
parts:
  desk: { kind: app, to: llm, steps: [ { call: guard }, { call: embedder }, { call: library, adds: 200 }, { call: search } ] }
  guard: { kind: station, stage: guard, service: 1ms }
  embedder: { kind: embedder, fixed: 1ms, perToken: 0.01ms }
  library: { kind: vector-db, servers: 2, service: { median: 2ms, p99: 3ms } }
  search: { kind: station, stage: tool, service: { median: 2ms, p99: 3ms } }
  llm: { kind: pool, preset: tiny, models: [ quick ], engine: { costs: { c0: 1 } } }
`;

test("a stack sends one trace a request: its own span, its stages in GenAI's names, and the model's below them", async () => {
  const otlp = await received();
  const twin = await twinOf(APP, { otlp: `${otlp.url}/v1/traces` });
  await (await post(`${twin.url}/v1/chat/completions`, { ...ask, stream: true }, { headers })).text();
  await twin.close();
  expect(otlp.faults).toEqual([]);
  const { spans } = otlp;
  const root = named(spans, "POST /v1/chat/completions");
  expect(root).toMatchObject({ traceId: TRACE, parent: PARENT, kind: 2 });
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans) {
    if (span === root) continue;
    const parent = byId.get(span.parent ?? "");
    expect(parent, span.name).toBeDefined();
    expect(span.from).toBeGreaterThanOrEqual((parent?.from ?? 0) - 0.01);
    expect(span.to).toBeLessThanOrEqual((parent?.to ?? 0) + 0.01);
  }
  expect(named(spans, "embeddings embedder").attributes).toMatchObject({ "gen_ai.operation.name": "embeddings" });
  expect(named(spans, "retrieval library").attributes).toMatchObject({ "gen_ai.data_source.id": "library" });
  expect(named(spans, "execute_tool search").attributes).toMatchObject({ "gen_ai.tool.name": "search" });
  expect(named(spans, "guardrail guard").attributes).toMatchObject({ "openinference.span.kind": "GUARDRAIL" });
  expect(named(spans, "chat quick")).toMatchObject({ kind: 3 });
  expect(named(spans, "llm_request").parent).toBe(named(spans, "chat quick").spanId);
  expect(named(spans, "llm.decode").parent).toBe(named(spans, "llm_request").spanId);
});

test("a request that failed or was left is a span with its error", async () => {
  const otlp = await received();
  const twin = await twinOf(quickPool(0.5, ", cold: 1, coldStart: { node: 1h }"), { otlp: otlp.url });
  expect((await post(`${twin.url}/v1/chat/completions`, ask)).status).toBe(503);
  await twin.close();
  const request = named(otlp.spans, "llm_request");
  expect(request).toMatchObject({ failed: true, parent: undefined });
  expect(request.attributes["error.type"]).toBe("no_replica");
});

test("a request that the twin's own end cuts is a span, too", async () => {
  const otlp = await received();
  const twin = await twinOf(quickPool(20), { otlp: otlp.url });
  const response = await post(`${twin.url}/v1/chat/completions`, { ...ask, max_tokens: 4000, stream: true });
  const text = response.text().catch(() => "broken off");
  expect((await twin.close()).spans?.sent).toBe(otlp.spans.length);
  expect(await text).toBe("broken off");
  expect(named(otlp.spans, "llm_request").attributes["error.type"]).toBe("cancelled");
});

test("a trace that its caller does not sample is not sent", async () => {
  const otlp = await received();
  const twin = await twinOf(quickPool(), { otlp: otlp.url });
  const unsampled = { traceparent: `00-${TRACE}-${PARENT}-00` };
  await (await post(`${twin.url}/v1/chat/completions`, ask, { headers: unsampled })).text();
  expect((await twin.close()).spans).toMatchObject({ sent: 0, dropped: 0 });
});

test("spans that nobody takes are counted as lost, said once, and hold nothing up", async () => {
  const otlp = await received(500);
  const told: string[] = [];
  const twin = await twinOf(quickPool(), { otlp: otlp.url, tell: (text) => told.push(text) });
  for (let turn = 0; turn < 3; turn++) await (await post(`${twin.url}/v1/chat/completions`, ask)).text();
  const { spans } = await twin.close();
  expect(spans).toMatchObject({ sent: 0, dropped: 12 });
  expect(told.filter((text) => text.includes("Spans are lost"))).toHaveLength(1);
});
