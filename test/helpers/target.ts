import type { Target } from "../../src/plan/index.ts";

/** A target with a plan's defaults: an OpenAI-compatible server with short timeouts, unless told otherwise. */
export function targetFor(url: string, changes: Partial<Target> = {}): Target {
  return {
    url,
    protocol: "openai-chat",
    method: "POST",
    model: "test-model",
    events: { token: "$.delta" },
    headers: {},
    timeouts: { connect: 5000, firstToken: 30_000, idle: 20_000, total: 300_000 },
    tls: { verify: true },
    connections: { max: 100, keepAlive: true },
    repeatable: false,
    retries: { count: 0, on: [], backoff: 0, maxBackoff: 0, honourRetryAfter: true },
    maxAnswerBytes: 16 * 1024 * 1024,
    ...changes,
  };
}
