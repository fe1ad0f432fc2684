import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterEach, expect, test } from "vitest";
import { quickPool, stopTwins, twinOf } from "./test/twin.ts";

afterEach(stopTwins);

async function served(yaml = quickPool()): Promise<{ url: string; openai: OpenAI; anthropic: Anthropic }> {
  const { url } = await twinOf(yaml);
  return {
    url,
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 }),
  };
}

const messages = [{ role: "user" as const, content: "Why does a ship have a load line?" }];

test("a model is found by its name, also one with slashes, and unknown ones are OpenAI's 404", async () => {
  const { openai, url } = await served("parts: { llm: { kind: pool, preset: tiny, models: [ harbour/quick-8b ] } }");
  const model = await openai.models.retrieve("harbour/quick-8b");
  expect(model).toMatchObject({ id: "harbour/quick-8b", object: "model", max_model_len: expect.any(Number) });
  expect(await (await fetch(`${url}/v1/models/harbour/quick-8b`)).json()).toEqual({ ...model });
  await expect(openai.models.retrieve("absent")).rejects.toMatchObject({
    constructor: OpenAI.NotFoundError,
    code: "model_not_found",
    type: "invalid_request_error",
  });
});

test("Anthropic's client lists and finds models in its own shape", async () => {
  const { anthropic } = await served();
  const names: unknown[] = [];
  for await (const model of anthropic.models.list()) names.push([model.type, model.display_name]);
  expect(names).toEqual([
    ["model", "quick"],
    ["model", "swift"],
  ]);
  expect(await anthropic.models.retrieve("swift")).toMatchObject({ id: "swift", display_name: "swift" });
  await expect(anthropic.models.retrieve("absent")).rejects.toMatchObject({
    constructor: Anthropic.NotFoundError,
    type: "not_found_error",
  });
});

test("unknown paths and methods have the error body of the client that asks", async () => {
  const { url } = await served();
  const version = { "anthropic-version": "2023-06-01" };
  for (const [path, status, headers] of [
    ["/v1/messages/batches", 404, {}],
    ["/v1/messages", 405, {}],
    ["/v1/files", 404, version],
  ] as const) {
    const response = await fetch(url + path, { headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: status === 404 ? "not_found_error" : "invalid_request_error" },
      request_id: response.headers.get("request-id"),
    });
  }
  const openai = await fetch(`${url}/v1/chat/completions`);
  expect(openai.headers.get("allow")).toBe("POST");
  expect(await openai.json()).toMatchObject({ error: { code: "method_not_allowed" } });
});

test("count_tokens counts what the message then costs", async () => {
  const { anthropic } = await served();
  const tools = [{ name: "look", input_schema: { type: "object" as const } }];
  const prompt = { model: "quick", system: "You are brief.", messages, tools };
  const { input_tokens } = await anthropic.messages.countTokens(prompt);
  const { usage } = await anthropic.messages.create({ ...prompt, max_tokens: 1 });
  expect(input_tokens).toBe(usage.input_tokens + (usage.cache_read_input_tokens ?? 0));
  await expect(anthropic.messages.countTokens({ ...prompt, model: "absent" })).rejects.toMatchObject({ status: 404 });
});

test("HEAD is answered as GET, without a body", async () => {
  const { url } = await served();
  for (const path of ["/health", "/metrics", "/v1/models", "/v1/models/quick"]) {
    const response = await fetch(url + path, { method: "HEAD" });
    expect([path, response.status, await response.text()]).toEqual([path, 200, ""]);
  }
  expect((await fetch(`${url}/v1/chat/completions`, { method: "HEAD" })).status).toBe(405);
});

test("more log probabilities, least tokens or prompts than a request may ask for are refused, with their names", async () => {
  const { openai, anthropic } = await served();
  const chat = (more: object) => openai.chat.completions.create({ model: "quick", messages, ...more });
  const completion = (more: object) => openai.completions.create({ model: "quick", prompt: "x", ...more });
  const refused = async (asked: Promise<unknown>, param: string) =>
    expect(asked).rejects.toMatchObject({ constructor: OpenAI.BadRequestError, param });
  await refused(chat({ logprobs: true, top_logprobs: 21 }), "top_logprobs");
  await refused(chat({ min_tokens: 10, max_tokens: 5 }), "min_tokens");
  await refused(completion({ min_tokens: 17 }), "min_tokens");
  await refused(completion({ prompt: ["one", "two"] }), "prompt");
  await expect(completion({ prompt: ["one", "two"] })).rejects.toThrow(/one prompt a request/);
  const bounds = { max_tokens: 5, min_tokens: 10 };
  await expect(anthropic.messages.create({ model: "quick", messages, ...bounds })).rejects.toThrow(/min_tokens/);
  expect((await chat({ logprobs: true, top_logprobs: 20, min_tokens: 5, max_tokens: 5 })).usage).toMatchObject({
    completion_tokens: 5,
  });
});

test("a port that is none is the fault of who asks for it, with a hint", async () => {
  await expect(twinOf(quickPool(), { port: 99_999 })).rejects.toMatchObject({
    exitCode: 104,
    faults: [{ code: "TWIN_CANNOT_LISTEN", hint: expect.stringContaining("--port") }],
  });
});
