import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientFor, turnOf } from "../../../test/helpers/ask.ts";
import type { ProtocolName, Target } from "../../plan/index.ts";
import { type Exchange, newExchange } from "../index.ts";

const server = process.env["PLIMSOLL_LLAMA_SERVER"];
const model = process.env["PLIMSOLL_LLAMA_MODEL"];
const there = server !== undefined && model !== undefined;
if (!there) console.warn("llama.cpp's server was not tried: set PLIMSOLL_LLAMA_SERVER and PLIMSOLL_LLAMA_MODEL.");

describe.skipIf(!there)("llama.cpp's own server", () => {
  const port = 18_000 + (process.pid % 2000);
  const url = `http://127.0.0.1:${port}`;
  const child = there
    ? spawn(server, ["-m", model, "--port", String(port), "-c", "2048", "-np", "1"], { stdio: "ignore" })
    : undefined;

  beforeAll(async () => {
    for (;;) {
      const ready = await fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, 60_000);
  afterAll(async () => {
    if (child === undefined) return;
    const closed = once(child, "close");
    child.kill();
    await closed;
  });

  const ask = (protocol: ProtocolName, changes: Partial<Target> = {}): Promise<Exchange> => {
    const client = clientFor(url, { protocol, ...changes });
    return new Promise((resolve) => {
      client.send(turnOf("Say hello.", { maxTokens: 8 }), newExchange(), (exchange) => {
        client.close();
        resolve(exchange);
      });
    });
  };

  test.each(["openai-chat", "openai-completions", "openai-responses", "anthropic-messages"] as const)(
    "answers %s with text, times and counts, streamed and in one body",
    async (protocol) => {
      const streamed = await ask(protocol);
      expect(["complete", "capped"]).toContain(streamed.outcome);
      expect(streamed.text).not.toBe("");
      expect(streamed.inputTokens).toBeGreaterThan(0);
      expect(streamed.outputTokens).toBeGreaterThan(0);
      expect(streamed.firstTokenAt).toBeGreaterThan(streamed.sentAt);
      const whole = await ask(protocol, { parameters: { stream: false } });
      expect(["complete", "capped"]).toContain(whole.outcome);
      expect(whole.text).not.toBe("");
      expect(whole.outputTokens).toBeGreaterThan(0);
    },
    60_000,
  );
});
