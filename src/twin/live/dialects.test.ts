import OpenAI from "openai";
import { afterEach, expect, test } from "vitest";
import { targetFor } from "../../../test/helpers/target.ts";
import type { Target } from "../../plan/index.ts";
import { type Client, createClient, type Exchange, newExchange, type TurnRequest } from "../../protocols/index.ts";
import { quickPool, stopTwins, twinOf } from "./test/twin.ts";

const open: Client[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) client.close();
  await stopTwins();
});

const QUESTION = "Why does a ship have a load line?";
const TURN: TurnRequest = {
  sessionId: "s",
  turn: 0,
  attempt: 0,
  persona: "p",
  prompt: QUESTION,
  messages: [
    { role: "system", content: "You are brief." },
    { role: "user", content: QUESTION },
  ],
  maxTokens: 200,
  traceId: [0, 1, 0, 2],
};

function asker(url: string, changes: Partial<Target>): (turn?: Partial<TurnRequest>) => Promise<Exchange> {
  const target = targetFor(url, { model: "quick", ...changes });
  const client = createClient(target, { now: () => performance.now() }, { maxSockets: 4, redact: (text) => text });
  open.push(client);
  return (turn) => new Promise((done) => void client.send({ ...TURN, ...turn }, newExchange(), done));
}

const LOOK = {
  name: "look",
  description: "Looks something up",
  parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};

test("each model server's protocol brings the twin's answer with its counts, streamed as in one body", async () => {
  const { url } = await twinOf(quickPool());
  for (const protocol of ["openai-chat", "openai-responses", "openai-completions", "anthropic-messages"] as const) {
    const streamed = await asker(url, { protocol })();
    expect(streamed, protocol).toMatchObject({ outcome: "complete", model: "quick", responseId: expect.any(String) });
    expect(streamed.text.length).toBeGreaterThan(10);
    expect(streamed.inputTokens).toBeGreaterThan(5);
    expect(streamed.outputTokens).toBe(streamed.events);
    const whole = await asker(url, { protocol, parameters: { stream: false } })();
    const { text, inputTokens, outputTokens } = streamed;
    expect(whole, protocol).toMatchObject({ outcome: "complete", text, inputTokens, outputTokens });
    expect(await asker(url, { protocol })({ maxTokens: 3 }), protocol).toMatchObject({ outcome: "capped", events: 3 });
  }
});

test("a call of a tool comes back whole from every protocol that has tools, and its result can be told", async () => {
  const { url } = await twinOf(quickPool());
  const forced = {
    "openai-chat": { tool_choice: "required" },
    "openai-responses": { tool_choice: "required" },
    "anthropic-messages": { tool_choice: { type: "any" } },
  } as const;
  for (const protocol of ["openai-chat", "openai-responses", "anthropic-messages"] as const) {
    for (const stream of [true, false]) {
      const ask = asker(url, { protocol, parameters: { ...forced[protocol], stream } });
      const { toolCalls, outcome } = await ask({ tools: [LOOK] });
      expect(outcome, protocol).toBe("complete");
      expect(toolCalls, protocol).toMatchObject([{ name: "look", id: expect.stringMatching(/_/) }]);
      const [call] = toolCalls;
      expect(JSON.parse(call?.arguments ?? "")).toMatchObject({ query: expect.any(String) });
      const told = await asker(url, { protocol })({
        tools: [LOOK],
        messages: [
          ...TURN.messages,
          { role: "assistant", content: "", toolCalls },
          { role: "tool", toolCallId: call?.id ?? "", content: "It is painted on her side." },
        ],
      });
      expect(told.outcome, protocol).toBe("complete");
    }
  }
});

test("a response that names the one before it sends only what is new, and is the answer to the whole conversation", async () => {
  const { url } = await twinOf(quickPool());
  const kept = asker(url, { protocol: "openai-responses", parameters: { store: true } });
  const first = await kept();
  const messages = [
    ...TURN.messages,
    { role: "assistant", content: first.text } as const,
    { role: "user", content: "And who reads it?" } as const,
  ];
  const continued = await kept({ messages, previousId: first.responseId ?? "" });
  const resent = await asker(url, { protocol: "openai-responses" })({ messages, previousId: "not used" });
  expect(continued.outcome).toBe("complete");
  expect(continued.bytesOut).toBeLessThan(resent.bytesOut);
  expect(continued.inputTokens).toBeGreaterThan(first.inputTokens);
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  const theirs = await openai.responses.create({
    model: "quick",
    input: "And who reads it?",
    instructions: "You are brief.",
    previous_response_id: first.responseId ?? "",
    max_output_tokens: 200,
  });
  expect(continued.text).toBe(theirs.output_text);
});

test("a batch of texts is embedded in one request, and a vector is an answer without text", async () => {
  const { url } = await twinOf("parts: { vectors: { kind: embedder, model: quick, fixed: 1ms, perToken: 0.01ms } }");
  const ask = asker(url, { protocol: "openai-embeddings" });
  const content = ["one text", "and another"].map((text) => ({ type: "text", text }) as const);
  const batch = await ask({ messages: [{ role: "user", content }] });
  expect(batch).toMatchObject({ outcome: "complete", text: "", events: 1, model: "quick" });
  expect(batch.inputTokens).toBeGreaterThan(
    (await ask({ messages: [{ role: "user", content: "one text" }] })).inputTokens,
  );
});

test("what the twin refuses is told with its status and its sentence", async () => {
  const { url } = await twinOf(quickPool());
  for (const protocol of ["openai-responses", "openai-completions", "anthropic-messages"] as const) {
    const refused = await asker(url, { protocol, model: "unknown" })();
    expect(refused, protocol).toMatchObject({
      outcome: "rejected",
      reason: expect.stringMatching(/^http:404 .*unknown/),
    });
  }
});
