import { expect, test } from "vitest";
import { llamacpp } from "./llamacpp.ts";
import { jsonFixture, samplesOf, tellsJson, tellsText, textFixture, told } from "./test/read-fixture.ts";

test("vLLM's page tells of each engine by itself, and prefix hits by the tokens that were found", () => {
  expect(tellsText("vllm")).toEqual({
    vllm: {
      ...perEngine("0", { output: 69, steps: 25, stepTokens: 118, ttft: 80.7141, itl: 809.778, gaps: 66 }),
      ...perEngine("1", { output: 68, steps: 24, stepTokens: 117, ttft: 84.7566, itl: 800.56, gaps: 65 }),
    },
  });
});

test("what old versions of vLLM call otherwise is read alike, and hits that swell at every try of an admission are not", () => {
  expect(tellsText("vllm-v0")).toEqual({
    vllm: {
      "server.queued": 5,
      "server.running": 8,
      "server.paused": 2,
      "server.kv.used": 0.93,
      "server.kv.tokens": 32_000,
      "server.itl.ms": 12_000,
      "server.itl.count": 400,
    },
  });
});

test("vLLM's cached tokens are the same by their source, where a version tells them only so", () => {
  const text = textFixture("vllm").replaceAll(/^.*vllm:prompt_tokens_cached_total.*\n/gm, "");
  expect(told(samplesOf(text)).vllm).toMatchObject({ "server.prompt.cached@0": 32, "server.prompt.cached@1": 32 });
});

test("SGLang's ranks of one replica are not added up", () => {
  expect(tellsText("sglang")).toEqual({
    sglang: {
      "server.queued": 12,
      "server.queued.capacity": 0,
      "server.running": 24,
      "server.kv.used": 0.87,
      "server.kv.tokens": 120_000,
      "server.preempted": 4,
      "server.prompt.tokens": 50_000,
      "server.prompt.cached": 10_000,
      "server.output.tokens": 21_000,
      "server.step.tokens": 62_000,
      "server.requests": 180,
      "server.queue.ms": 90_500,
      "server.queue.count": 200,
      "server.ttft.ms": 133_000,
      "server.ttft.count": 190,
      "server.itl.ms": 416_000,
      "server.itl.count": 20_800,
      "server.e2e.ms": 720_000,
      "server.e2e.count": 180,
    },
  });
});

test("Text Generation Inference: a client's fault is no failure, a full server turns away", () => {
  expect(tellsText("tgi")).toEqual({
    tgi: {
      "server.queued": 6,
      "server.running": 32,
      "server.kv.used": 0.75,
      "server.kv.tokens": 80_000,
      "server.prompt.tokens": 55_000,
      "server.output.tokens": 16_500,
      "server.steps": 4100,
      "server.requests": 110,
      "server.failed": 2,
      "connections.refused": 12,
      "server.queue.ms": 22_000,
      "server.queue.count": 110,
      "server.tpot.ms": 2750,
      "server.tpot.count": 110,
      "server.e2e.ms": 440_000,
      "server.e2e.count": 110,
    },
  });
});

test("Text Generation Inference's engine is busy for as long as its batches computed", () => {
  const later = textFixture("tgi").replace(
    'tgi_batch_inference_duration_sum{method="decode"} 90',
    'tgi_batch_inference_duration_sum{method="decode"} 90.6',
  );
  expect(told(samplesOf(textFixture("tgi")), samplesOf(later)).tgi).toMatchObject({ "server.busy": 0.6 });
});

test("Triton's counters of microseconds become ms, and an ensemble's request counts once", () => {
  expect(tellsText("triton")).toEqual({
    triton: {
      "server.queued": 7,
      "server.steps": 20,
      "server.requests": 50,
      "server.failed": 2,
      "server.e2e.ms": 2500,
      "server.e2e.count": 50,
      "server.queue.ms": 800,
      "server.queue.count": 50,
      "gpu.used": 0.6,
      "gpu.memory": 4e9,
      "host.cpu": 0.25,
    },
  });
});

test("TensorRT-LLM on Triton tells KV use by its blocks", () => {
  expect(tellsText("tensorrt-llm")).toEqual({
    "tensorrt-llm": {
      "server.queued": 9,
      "server.running": 60,
      "server.running.limit": 64,
      "server.paused": 2,
      "server.kv.used": 0.75,
      "server.kv.tokens": 256_000,
      "server.prompt.cached": 32_000,
      "server.requests": 200,
      "server.e2e.ms": 600_000,
      "server.e2e.count": 200,
      "server.queue.count": 200,
      "server.ttft.ms": 50_000,
      "server.ttft.count": 200,
    },
  });
});

const ITERATION = {
  "server.queued": 3,
  "server.running": 5,
  "server.running.limit": 10,
  "server.paused": 1,
  "server.kv.used": 0.6,
  "server.kv.tokens": 64_000,
  "server.step.budget": 8192,
  "gpu.memory": 4e9,
};

test("trtllm-serve tells the same of an iteration in Prometheus text and in JSON, the newest iteration", () => {
  expect(tellsJson("trtllm-serve")).toEqual({ "trtllm-serve": ITERATION });
  expect(tellsText("trtllm-serve")).toEqual({
    "trtllm-serve": {
      ...ITERATION,
      "server.prompt.tokens": 20_000,
      "server.prompt.cached": 5000,
      "server.output.tokens": 8000,
      "server.requests": 40,
      "server.failed": 2,
      "server.ttft.ms": 10_000,
      "server.ttft.count": 40,
      "server.tpot.ms": 800,
      "server.tpot.count": 40,
    },
  });
});

const LLAMACPP = {
  "server.queued": 0,
  "server.running": 1,
  "server.prompt.tokens": 32,
  "server.prompt.cached": 8,
  "server.output.tokens": 36,
  "server.steps": 58,
  "server.prefill.ms": 372.436,
  "server.decode.ms": 734.489,
};

test("llama.cpp's slots tell its places and how full the contexts of requests in work are", () => {
  const metrics = samplesOf(textFixture("llamacpp"));
  const slots = slotsOf(jsonFixture("llamacpp-slots"));
  expect(told(metrics)).toEqual({ llamacpp: LLAMACPP });
  expect(told([...metrics, ...slots])).toEqual({
    llamacpp: {
      ...LLAMACPP,
      "server.running.limit": 2,
      "server.kv.tokens": 2048,
      "server.kv.used": 0.0195313, // 40 tokens of one slot in work; the 16 of the idle one are a cache
    },
  });
});

test("a llama.cpp that tells no tokens of its slots is never called empty", () => {
  const idle = { id: 0, n_ctx: 1024, is_processing: false };
  const names = (slots: unknown): string[] => slotsOf(slots).map(({ name }) => name);
  expect(names([idle])).toEqual(["slots.count", "slots.context"]);
  expect(names([{ ...idle, is_processing: true }])).toEqual(["slots.count", "slots.context"]);
  expect(names([{ ...idle, n_prompt_tokens: 9 }, idle])).toEqual(["slots.count", "slots.context", "slots.tokens"]);
});

test.each([[null], [{ error: "no slots" }], [[1, "slot"]], [[{ n_ctx: "1024", is_processing: true }]]])(
  "an answer for slots that holds none (%j) tells of no context",
  (answer) => {
    const names = slotsOf(answer).map(({ name }) => name);
    expect(names).not.toContain("slots.context");
  },
);

test("NVIDIA NIM's names without a prefix are its own where they stand together", () => {
  expect(tellsText("nim")).toEqual({
    nim: {
      "server.queued": 6,
      "server.running": 14,
      "server.running.limit": 256,
      "server.kv.used": 0.4,
      "server.prompt.tokens": 9000,
      "server.output.tokens": 3000,
      "server.requests": 25,
      "server.failed": 1,
      "server.ttft.ms": 5000,
      "server.ttft.count": 25,
      "gpu.used": 0.9,
      "process.cpu": 41.5,
    },
  });
});

function slotsOf(answer: unknown) {
  return llamacpp.pages?.flatMap((page) => page.read(answer)) ?? [];
}

function perEngine(
  engine: string,
  seen: { output: number; steps: number; stepTokens: number; ttft: number; itl: number; gaps: number },
): Record<string, number> {
  const values = {
    "server.queued": 0,
    "server.running": 3,
    "server.kv.used": 0.015625,
    "server.kv.tokens": 10_256,
    "server.preempted": 0,
    "server.prompt.tokens": 84,
    "server.prompt.cached": 32,
    "server.output.tokens": seen.output,
    "server.step.tokens": seen.stepTokens,
    "server.steps": seen.steps,
    "server.requests": 0,
    "server.failed": 0,
    ...pair("server.queue", 0, 0),
    ...pair("server.prefill", 0, 0),
    ...pair("server.decode", 0, 0),
    ...pair("server.ttft", seen.ttft, 3),
    ...pair("server.itl", seen.itl, seen.gaps),
    ...pair("server.tpot", 0, 0),
    ...pair("server.e2e", 0, 0),
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}@${engine}`, value]));
}

function pair(stem: string, ms: number, count: number): Record<string, number> {
  return { [`${stem}.ms`]: ms, [`${stem}.count`]: count };
}
