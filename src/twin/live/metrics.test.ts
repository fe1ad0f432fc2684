import { spawnSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { boundsOf, scrape, valueOf } from "./test/prometheus.ts";
import { post, quickPool, stopTwins, twinOf, until } from "./test/twin.ts";

afterEach(stopTwins);

const ask = { messages: [{ role: "user", content: "How much may a ship carry? ".repeat(20) }], max_tokens: 8 };

/** vLLM's, from vllm/v1/metrics/buckets.py. */
const VLLM_HISTOGRAMS: Readonly<Record<string, readonly number[]>> = {
  time_to_first_token_seconds: [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
  ],
  inter_token_latency_seconds: [
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  ],
  e2e_request_latency_seconds: [
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
  ],
  iteration_tokens_total: [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384],
};

test("a vLLM pool exports vLLM's names, types, labels and bounds", async () => {
  const { url } = await twinOf(quickPool());
  await (await post(`${url}/v1/chat/completions`, ask)).text();
  const families = await scrape(url);
  const types = Object.fromEntries([...families].map(([name, { type }]) => [name, type]));
  expect(types).toMatchObject({
    "vllm:num_requests_running": "gauge",
    "vllm:num_requests_waiting": "gauge",
    "vllm:kv_cache_usage_perc": "gauge",
    "vllm:num_preemptions_total": "counter",
    "vllm:prefix_cache_queries_total": "counter",
    "vllm:prefix_cache_hits_total": "counter",
    "vllm:prompt_tokens_total": "counter",
    "vllm:prompt_tokens_by_source_total": "counter",
    "vllm:prompt_tokens_cached_total": "counter",
    "vllm:generation_tokens_total": "counter",
    "vllm:request_success_total": "counter",
    "vllm:iteration_tokens_total": "histogram",
    "vllm:time_to_first_token_seconds": "histogram",
    "vllm:inter_token_latency_seconds": "histogram",
    "vllm:e2e_request_latency_seconds": "histogram",
    "vllm:request_queue_time_seconds": "histogram",
    "vllm:request_prefill_time_seconds": "histogram",
    "vllm:request_decode_time_seconds": "histogram",
    "vllm:request_inference_time_seconds": "histogram",
    "vllm:cache_config_info": "gauge",
  });
  for (const [name, bounds] of Object.entries(VLLM_HISTOGRAMS))
    expect(boundsOf(families, `vllm:${name}`)).toEqual(bounds);
  const labels = { model_name: "quick", engine: "0" };
  expect(valueOf(families, "vllm:num_requests_running", labels)).toBe(0);
  expect(valueOf(families, "vllm:cache_config_info", { block_size: "16", num_gpu_blocks: "2001", engine: "0" })).toBe(
    1,
  );
});

test("counters and histograms tell what was asked and answered", async () => {
  const { url } = await twinOf(quickPool());
  for (let turn = 0; turn < 3; turn++) await (await post(`${url}/v1/chat/completions`, ask)).text();
  const families = await scrape(url);
  const source = (name: string) => valueOf(families, "vllm:prompt_tokens_by_source_total", { source: name });
  const prompt = valueOf(families, "vllm:prompt_tokens_total");
  expect(source("local_compute") + source("local_cache_hit") + source("external_kv_transfer")).toBe(prompt);
  expect(source("local_cache_hit")).toBeGreaterThan(prompt / 2);
  expect(valueOf(families, "vllm:prompt_tokens_cached_total")).toBe(source("local_cache_hit"));
  expect(valueOf(families, "vllm:prefix_cache_hits_total")).toBeLessThanOrEqual(
    valueOf(families, "vllm:prefix_cache_queries_total"),
  );
  expect(valueOf(families, "vllm:generation_tokens_total")).toBe(24);
  expect(valueOf(families, "vllm:request_success_total", { finished_reason: "length" })).toBe(3);
  expect(valueOf(families, "vllm:time_to_first_token_seconds_count")).toBe(3);
  expect(valueOf(families, "vllm:inter_token_latency_seconds_count")).toBe(21);
  expect(valueOf(families, "vllm:iteration_tokens_total_sum")).toBeGreaterThan(24);
  const sum = (name: string) => valueOf(families, `vllm:${name}_sum`);
  expect(sum("request_queue_time_seconds") + sum("request_inference_time_seconds")).toBeCloseTo(
    sum("e2e_request_latency_seconds"),
    9,
  );
  expect(sum("request_prefill_time_seconds") + sum("request_decode_time_seconds")).toBeCloseTo(
    sum("request_inference_time_seconds"),
    9,
  );
  expect(valueOf(families, "plimsoll_twin_lateness_seconds_count")).toBe(3);
});

test("running, waiting and KV use are live, and fall to nothing when the caller leaves", async () => {
  const { url } = await twinOf(
    "parts: { llm: { kind: pool, preset: tiny, engine: { costs: { c0: 20 }, maxSeqs: 1 }, answers: { median: 3000, max: 4000 } } }",
  );
  const leave = new AbortController();
  const { signal } = leave;
  const long = { ...ask, max_tokens: 2000 };
  const streamed = await post(`${url}/v1/chat/completions`, { ...long, stream: true }, { signal });
  const whole = post(`${url}/v1/chat/completions`, long, { signal }).catch((error: unknown) => error);
  const look = async (): Promise<readonly number[]> => {
    const families = await scrape(url);
    return ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"].map((name) =>
      valueOf(families, `vllm:${name}`),
    );
  };
  await until(async () => (await look())[1] === 1);
  const [running, , used] = await look();
  expect(running).toBe(1);
  expect(used).toBeGreaterThan(0);
  leave.abort();
  await whole;
  await expect(streamed.text()).rejects.toThrow();
  await until(async () => (await look()).every((value) => value === 0));
  const families = await scrape(url);
  expect(valueOf(families, "vllm:request_success_total", { finished_reason: "abort" })).toBe(2);
  expect(valueOf(families, "plimsoll_twin_http_left_total")).toBe(2);
  expect(valueOf(families, "plimsoll_twin_http_open")).toBe(0);
});

const engine = (dialect: string): string =>
  `{ kind: pool, preset: tiny, models: [ ${dialect} ], replicas: 2, engine: { dialect: ${dialect}, costs: { c0: 0.5 } } }`;

test("SGLang and llama.cpp pools export their own names, and replicas never collide", async () => {
  const { url } = await twinOf(
    `entry: choose\nparts:\n  choose: { kind: router, time: 0ms, rules: [ { when: { promptTokens: "> 100" }, to: sglang } ], otherwise: llamacpp }\n  sglang: ${engine("sglang")}\n  llamacpp: ${engine("llamacpp")}\n`,
  );
  await (await post(`${url}/v1/chat/completions`, ask)).text();
  await (await post(`${url}/v1/chat/completions`, { ...ask, messages: [{ role: "user", content: "brief" }] })).text();
  const families = await scrape(url);
  const total = (name: string) => (families.get(name)?.samples ?? []).reduce((sum, { value }) => sum + value, 0);
  expect(total("sglang:generation_tokens_total")).toBe(8);
  expect(valueOf(families, "llamacpp:tokens_predicted_total")).toBeGreaterThan(0);
  expect(valueOf(families, "llamacpp:requests_processing")).toBe(0);
  expect(families.get("sglang:token_usage")?.samples).toHaveLength(2);
  expect(boundsOf(families, "sglang:time_to_first_token_seconds")).toContain(400);
  expect(families.get("plimsoll_twin_engine_info")?.samples.map(({ labels }) => labels.replica)).toEqual([
    "sglang/0",
    "sglang/1",
    "llamacpp/0",
    "llamacpp/1",
  ]);
});

test("the stack's other parts show their gauges under the twin's own names", async () => {
  const { url } = await twinOf(
    "entry: front\nparts:\n  front: { kind: gateway, to: llm }\n  llm: { kind: pool, preset: tiny, engine: { costs: { c0: 0.5 } } }\n",
  );
  await (await post(`${url}/v1/chat/completions`, ask)).text();
  const families = await scrape(url);
  const parts = [...families.values()]
    .filter(({ name }) => name.startsWith("plimsoll_twin_"))
    .flatMap(({ samples }) => samples.map(({ labels }) => labels.part));
  expect(parts).toContain("front");
  expect(parts).toContain("llm");
});

test("a stack with no replica ready says so with 503, on /health and to callers", async () => {
  const { url } = await twinOf(quickPool(0.5, ", cold: 1, coldStart: { node: 1h }"));
  expect((await fetch(`${url}/health`)).status).toBe(503);
  const refused = await post(`${url}/v1/chat/completions`, ask);
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ error: { type: "server_error", code: "no_replica" } });
  await scrape(url);
});

const PROMTOOL = "promtool";
const installed = spawnSync(PROMTOOL, ["--version"]).status === 0;

test.skipIf(!installed)("promtool finds nothing that a scraper could not read", async () => {
  const { url } = await twinOf(quickPool());
  await (await post(`${url}/v1/chat/completions`, ask)).text();
  const page = await (await fetch(`${url}/metrics`)).text();
  const checked = spawnSync(PROMTOOL, ["check", "metrics"], { input: page, encoding: "utf8" });
  // Exit code 3 is its lint, which dislikes names that vLLM chose; 1 is a page that it cannot read.
  expect(checked.status).not.toBe(1);
});

test("the time to the first token is counted when the token leaves, also where the caller leaves later", async () => {
  const { url } = await twinOf(
    "parts: { llm: { kind: pool, preset: tiny, engine: { costs: { c0: 5 } }, answers: { median: 3000, max: 4000 } } }",
  );
  const leave = new AbortController();
  const body = { ...ask, max_tokens: 3000, stream: true };
  await post(`${url}/v1/chat/completions`, body, { signal: leave.signal });
  expect(valueOf(await scrape(url), "vllm:time_to_first_token_seconds_count")).toBe(1);
  leave.abort();
  await until(async () => valueOf(await scrape(url), "plimsoll_twin_http_left_total") === 1);
  const families = await scrape(url);
  expect(valueOf(families, "vllm:time_to_first_token_seconds_count")).toBe(1);
  expect(valueOf(families, "vllm:e2e_request_latency_seconds_count")).toBe(0);
});

test("regions whose names become one word stay two series", async () => {
  const { url } = await twinOf(
    `entry: world\nparts:\n  world: { kind: regions, to: { eu-west: a, eu_west: b }, rtt: { eu-west: { eu_west: 20ms } } }\n  a: ${engine("vllm")}\n  b: ${engine("vllm")}\n`,
  );
  const response = await post(`${url}/v1/chat/completions`, ask, { headers: { "x-region": "eu_west" } });
  expect(response.headers.get("x-replica")).toMatch(/^b\//);
  const wells = [...(await scrape(url)).values()].filter(({ name }) => name.startsWith("plimsoll_twin_well"));
  expect(wells.flatMap(({ samples }) => samples)).toHaveLength(2);
});
