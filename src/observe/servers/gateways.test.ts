import { expect, test } from "vitest";
import { tellsText } from "./test/read-fixture.ts";

test("LiteLLM's own time, its providers' limits and what it passed on are told apart", () => {
  expect(tellsText("litellm")).toEqual({
    litellm: {
      "gateway.requests": 6,
      "gateway.active": 1,
      "gateway.overhead.ms": 609.245,
      "gateway.overhead.count": 3,
      "server.requests": 4,
      "server.failed": 2,
      "server.prompt.tokens": 128,
      "server.prompt.cached": 93,
      "server.output.tokens": 48,
      "server.queue.ms": 115.692,
      "server.queue.count": 4,
      "server.ttft.ms": 380.936,
      "server.ttft.count": 1,
      "server.tpot.ms": 93.4243,
      "server.tpot.count": 4,
      "server.e2e.ms": 1756.69,
      "server.e2e.count": 4,
      "limits.hit": 2,
      "cache.misses": 1,
      "process.cpu": 9.85,
      "process.memory": 407_994_000,
      "process.files": 20,
      "process.files.limit": 20_000,
    },
  });
});

test("Envoy's requests to its admin page are no load", () => {
  expect(tellsText("envoy")).toEqual({
    envoy: {
      "gateway.requests": 1000,
      "gateway.active": 30,
      "gateway.retries": 40,
      "gateway.timeouts": 11,
      "server.e2e.ms": 1_800_000,
      "server.e2e.count": 900,
      "connections.used": 55,
      "connections.waiting": 14,
      "connections.refused": 9,
      "limits.hit": 21,
      "replicas.ready": 2,
      "replicas.wanted": 3,
      "process.memory": 52_000_000,
    },
  });
});

test("NGINX refuses what it accepts and does not handle", () => {
  expect(tellsText("nginx")).toEqual({
    nginx: { "gateway.requests": 7, "gateway.active": 1, "connections.used": 1, "connections.refused": 0 },
  });
});

test("Dynamo's frontend is a gateway that knows its engine's limits", () => {
  expect(tellsText("dynamo")).toEqual({
    dynamo: {
      "server.queued": 12,
      "gateway.active": 40,
      "gateway.requests": 98,
      "server.requests": 90,
      "server.failed": 3,
      "connections.refused": 5,
      "server.prompt.tokens": 45_000,
      "server.prompt.cached": 9000,
      "server.output.tokens": 18_000,
      "server.running.limit": 256,
      "server.kv.tokens": 80_000,
      "server.ttft.ms": 38_000,
      "server.ttft.count": 95,
    },
  });
});

test("Dynamo's workers are replicas", () => {
  expect(tellsText("dynamo-worker")).toEqual({
    "dynamo-worker": {
      "server.running@7": 20,
      "server.running@8": 2,
      "server.requests@7": 900,
      "server.failed@7": 4,
      "server.kv.used@7": 0.9,
      "server.e2e.ms@7": 1_800_000,
      "server.e2e.count@7": 900,
    },
  });
});

test("vLLM's router is not taken for an engine, though it speaks of engines by vLLM's names", () => {
  expect(tellsText("vllm-router")).toEqual({
    "vllm-router": { "replicas.ready": 1, "gateway.active": 9, "gateway.requests": 120, "server.failed": 3 },
  });
});
