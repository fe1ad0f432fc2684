import Anthropic from "@anthropic-ai/sdk";
import { afterEach, expect, test } from "vitest";
import { quickPool, stopTwins, twinOf } from "./test/twin.ts";

afterEach(stopTwins);

async function clientOf(yaml: string): Promise<Anthropic> {
  const { url } = await twinOf(yaml);
  return new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
}

const request = {
  model: "quick",
  max_tokens: 300,
  system: "You are brief.",
  messages: [
    { role: "user" as const, content: [{ type: "text" as const, text: "Why does a ship have a load line?" }] },
  ],
};

test("Anthropic's client reads a whole message", async () => {
  const client = await clientOf(quickPool());
  const message = await client.messages.create(request);
  expect(message).toMatchObject({
    type: "message",
    role: "assistant",
    model: "quick",
    stop_reason: "end_turn",
    stop_sequence: null,
    content: [{ type: "text" }],
  });
  expect(message.usage.input_tokens).toBeGreaterThan(10);
  expect(message._request_id).toMatch(/^req_/);
});

test("a streamed message comes as Anthropic's sequence of events, and is the whole one in pieces", async () => {
  const client = await clientOf(quickPool());
  const whole = await client.messages.create(request);
  const types: string[] = [];
  for await (const event of await client.messages.create({ ...request, stream: true }))
    if (types.at(-1) !== event.type) types.push(event.type);
  expect(types).toEqual([
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
  const final = await client.messages.stream(request).finalMessage();
  expect(final.content).toEqual(whole.content);
  expect(final.stop_reason).toBe("end_turn");
  expect(final.usage.output_tokens).toBe(whole.usage.output_tokens);
});

test("the stream pings, as the API's does", async () => {
  const { url } = await twinOf(quickPool());
  const response = await fetch(`${url}/v1/messages`, {
    method: "POST",
    headers: { "anthropic-version": "2023-06-01", "x-api-key": "none" },
    body: JSON.stringify({ ...request, stream: true }),
  });
  expect(await response.text()).toContain('event: ping\ndata: {"type":"ping"}\n\n');
  expect(response.headers.get("request-id")).toBe(response.headers.get("x-request-id"));
});

test("max_tokens and stop sequences end a message under their own reasons", async () => {
  const client = await clientOf(quickPool());
  expect(await client.messages.create({ ...request, max_tokens: 2 })).toMatchObject({
    stop_reason: "max_tokens",
    usage: { output_tokens: 2 },
  });
  const stopped = await client.messages.create({ ...request, stop_sequences: [" "] });
  expect(stopped).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: " " });
});

test("tokens of the prefix cache are told apart", async () => {
  const client = await clientOf(quickPool());
  const long = { ...request, system: "The manifest lists grain, timber and coal. ".repeat(30) };
  const first = await client.messages.create(long);
  const second = await client.messages.create(long);
  expect(second.usage.cache_read_input_tokens).toBeGreaterThan(100);
  expect(second.usage.input_tokens + (second.usage.cache_read_input_tokens ?? 0)).toBe(first.usage.input_tokens);
});

test("errors reach the client as its own classes, with Anthropic's types", async () => {
  const client = await clientOf(quickPool());
  await expect(client.messages.create({ ...request, model: "absent" })).rejects.toMatchObject({
    constructor: Anthropic.NotFoundError,
    type: "not_found_error",
  });
  const { url } = await twinOf(quickPool());
  const response = await fetch(`${url}/v1/messages`, {
    method: "POST",
    body: JSON.stringify({ model: "quick", messages: [] }),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    type: "error",
    error: {
      type: "invalid_request_error",
      message: expect.stringMatching(/max_tokens.*messages|messages.*max_tokens/),
    },
    request_id: response.headers.get("request-id"),
  });
});
