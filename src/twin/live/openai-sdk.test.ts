import OpenAI from "openai";
import { afterEach, expect, test } from "vitest";
import { quickPool, stopTwins, twinOf } from "./test/twin.ts";

afterEach(stopTwins);

const RAG = `
entry: front
parts:
  front: { kind: gateway, to: llm }
  llm: { kind: pool, preset: tiny, models: [ quick ], engine: { costs: { c0: 0.5, c1: 0, d1: 0 } }, answers: { median: 20, max: 60 } }
`;

async function clientOf(yaml: string, apiKey = "none"): Promise<OpenAI> {
  const { url } = await twinOf(yaml);
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
}

const messages = [{ role: "user" as const, content: "Why does a ship have a Plimsoll mark?" }];

test("OpenAI's client reads a whole chat completion, with its usage, fingerprint and labels", async () => {
  const client = await clientOf(quickPool());
  const { data, response, request_id } = await client.chat.completions
    .create({ model: "quick", messages })
    .withResponse();
  expect(data).toMatchObject({
    object: "chat.completion",
    model: "quick",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", refusal: null } }],
  });
  expect(data.id).toMatch(/^chatcmpl-/);
  expect(data.system_fingerprint).toMatch(/^fp_/);
  expect(data.choices[0]?.message.content).toMatch(/\w+ \w+/);
  const usage = data.usage;
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  expect(usage?.prompt_tokens_details?.cached_tokens).toBe(0);
  expect(response.headers.get("x-replica")).toBe("llm/0");
  expect(request_id).toMatch(/^req_/);
});

test("a streamed answer is the whole answer in pieces, and tells its usage only when asked", async () => {
  const client = await clientOf(quickPool());
  const whole = await client.chat.completions.create({ model: "quick", messages });
  for (const include_usage of [true, false]) {
    const stream = await client.chat.completions.create({
      model: "quick",
      messages,
      stream: true,
      stream_options: { include_usage },
    });
    let text = "";
    const finishes: unknown[] = [];
    const usages = [];
    let deltas = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      if (chunk.choices[0]?.delta.content) deltas++;
      finishes.push(...chunk.choices.map((choice) => choice.finish_reason).filter((reason) => reason !== null));
      if (chunk.usage) usages.push(chunk.usage);
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(deltas).toBe(whole.usage?.completion_tokens);
    expect(finishes).toEqual(["stop"]);
    expect(usages.map((usage) => usage.completion_tokens)).toEqual(
      include_usage ? [whole.usage?.completion_tokens] : [],
    );
  }
});

test("the client's own stream helper assembles the same message", async () => {
  const client = await clientOf(quickPool());
  const final = await client.chat.completions.stream({ model: "quick", messages }).finalChatCompletion();
  const whole = await client.chat.completions.create({ model: "quick", messages });
  expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
});

test("one prompt has one answer, another prompt or model another", async () => {
  const client = await clientOf(quickPool());
  const ask = async (model: string, content: string) =>
    (await client.chat.completions.create({ model, messages: [{ role: "user", content }] })).choices[0]?.message
      .content;
  const first = await ask("quick", "How deep is the harbour?");
  expect(await ask("quick", "How deep is the harbour?")).toBe(first);
  expect(await ask("quick", "How deep is the lake?")).not.toBe(first);
  expect(await ask("swift", "How deep is the harbour?")).not.toBe(first);
});

test("max_tokens, max_completion_tokens, min_tokens and ignore_eos bound an answer", async () => {
  const client = await clientOf(quickPool());
  const ask = async (more: object) => {
    const answer = await client.chat.completions.create({ model: "quick", messages, ...more });
    return [answer.usage?.completion_tokens, answer.choices[0]?.finish_reason];
  };
  expect(await ask({ max_tokens: 3 })).toEqual([3, "length"]);
  expect(await ask({ max_completion_tokens: 4, max_tokens: 9 })).toEqual([4, "length"]);
  expect(await ask({ max_tokens: 200, ignore_eos: true })).toEqual([200, "length"]);
  const [tokens] = await ask({ min_tokens: 150 });
  expect(tokens).toBeGreaterThanOrEqual(150);
});

test("a stop sequence ends the answer before itself", async () => {
  const client = await clientOf(quickPool());
  const whole = (await client.chat.completions.create({ model: "quick", messages })).choices[0]?.message.content ?? "";
  const word = whole.split(" ")[3] ?? "";
  const { choices, usage } = await client.chat.completions.create({ model: "quick", messages, stop: [` ${word}`] });
  expect(choices[0]).toMatchObject({
    finish_reason: "stop",
    message: { content: whole.slice(0, whole.indexOf(` ${word}`)) },
  });
  expect(usage?.completion_tokens).toBeLessThan(10);
});

test("JSON is JSON when it is asked for, and keeps to its schema", async () => {
  const client = await clientOf(quickPool());
  const schema = {
    type: "object",
    properties: { verdict: { enum: ["go", "no-go"] }, load: { type: "number" } },
    required: ["verdict", "load"],
    additionalProperties: false,
  };
  const shaped = await client.chat.completions.create({
    model: "quick",
    messages,
    response_format: { type: "json_schema", json_schema: { name: "verdict", schema, strict: true } },
  });
  const value: unknown = JSON.parse(shaped.choices[0]?.message.content ?? "");
  expect(value).toEqual({ verdict: expect.stringMatching(/^(no-)?go$/), load: expect.any(Number) });
  const free = await client.chat.completions.create({
    model: "quick",
    messages,
    response_format: { type: "json_object" },
  });
  expect(typeof JSON.parse(free.choices[0]?.message.content ?? "")).toBe("object");
});

test("a prompt that comes again is found in the prefix cache, and usage says so", async () => {
  const client = await clientOf(quickPool());
  const long = [{ role: "user" as const, content: "The manifest lists grain, timber and coal. ".repeat(30) }];
  await client.chat.completions.create({ model: "quick", messages: long, max_tokens: 1 });
  const { usage } = await client.chat.completions.create({ model: "quick", messages: long, max_tokens: 1 });
  expect(usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(100);
});

test("completions answer a prompt, streamed and whole, with the 16 tokens that OpenAI gives by default", async () => {
  const client = await clientOf(quickPool());
  const prompt = "Write at length about the sea.";
  const whole = await client.completions.create({ model: "quick", prompt, max_tokens: 3 });
  expect(whole).toMatchObject({ object: "text_completion", choices: [{ finish_reason: "length" }] });
  expect(whole.usage?.completion_tokens).toBe(3);
  let text = "";
  for await (const chunk of await client.completions.create({ model: "quick", prompt, max_tokens: 3, stream: true }))
    text += chunk.choices[0]?.text ?? "";
  expect(text).toBe(whole.choices[0]?.text);
  const usual = await client.completions.create({ model: "quick", prompt });
  expect(usual.usage?.completion_tokens).toBeLessThanOrEqual(16);
});

test("a response streams OpenAI's whole sequence of events, numbered without a gap", async () => {
  const client = await clientOf(quickPool());
  const types: string[] = [];
  const numbers: number[] = [];
  let text = "";
  let last: unknown;
  for await (const event of await client.responses.create({
    model: "quick",
    input: "What is a load line?",
    stream: true,
  })) {
    if (types.at(-1) !== event.type) types.push(event.type);
    numbers.push(event.sequence_number);
    if (event.type === "response.output_text.delta") text += event.delta;
    last = event;
  }
  expect(types).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
  ]);
  expect(numbers).toEqual(numbers.map((_, index) => index));
  const whole = await client.responses.create({ model: "quick", input: "What is a load line?" });
  expect(whole.output_text).toBe(text);
  expect(last).toMatchObject({
    response: { status: "completed", usage: { output_tokens: whole.usage?.output_tokens } },
  });
});

test("the client's response helper reads the stream, and a capped response is incomplete", async () => {
  const client = await clientOf(quickPool());
  const final = await client.responses
    .stream({ model: "quick", input: "Go on.", max_output_tokens: 3 })
    .finalResponse();
  expect(final).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
  expect(final.usage?.output_tokens).toBe(3);
});

test("a response remembers the one before it, and names one that it does not know", async () => {
  const client = await clientOf(quickPool());
  const first = await client.responses.create({ model: "quick", input: "My code word is periwinkle-7." });
  const second = await client.responses.create({
    model: "quick",
    input: "What is my code word?",
    previous_response_id: first.id,
  });
  expect(second.usage?.input_tokens).toBeGreaterThan(
    (first.usage?.input_tokens ?? 0) + (first.usage?.output_tokens ?? 0),
  );
  expect(second.output_text).toContain("periwinkle-7");
  await expect(
    client.responses.create({ model: "quick", input: "x", previous_response_id: "resp_none" }),
  ).rejects.toMatchObject({
    status: 400,
    code: "previous_response_not_found",
  });
});

test("embeddings are unit vectors, near for texts that share words, as numbers and as base64", async () => {
  const client = await clientOf(
    "parts: { vectors: { kind: embedder, model: small-vectors, fixed: 1ms, perToken: 0.01ms } }",
  );
  const input = ["grain in the forward hold", "coal in the forward hold", "a recipe for plum cake"];
  const numbers = await client.embeddings.create({
    model: "small-vectors",
    input,
    dimensions: 256,
    encoding_format: "float",
  });
  const base64 = await client.embeddings.create({ model: "small-vectors", input, dimensions: 256 });
  const vectors = numbers.data.map(({ embedding }) => embedding);
  const dot = (a: readonly number[] = [], b: readonly number[] = []) =>
    a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  expect(vectors.map((vector) => vector.length)).toEqual([256, 256, 256]);
  expect(dot(vectors[0], vectors[0])).toBeCloseTo(1, 5);
  expect(dot(vectors[0], vectors[1])).toBeGreaterThan(dot(vectors[0], vectors[2]) + 0.2);
  for (const [index, { embedding }] of base64.data.entries()) expect(dot(embedding, vectors[index])).toBeCloseTo(1, 5);
  expect(numbers.usage.prompt_tokens).toBe(numbers.usage.total_tokens);
});

test("the models list says each model's context, as vLLM's does", async () => {
  const { url } = await twinOf(
    "parts: { way: { kind: router, rules: [ { when: { promptTokens: '> 50' }, to: long } ], otherwise: short }, long: { kind: pool, preset: tiny, models: [ large ] }, short: { kind: pool, preset: tiny, models: [ small ], engine: { maxModelLen: 300 } } }\nentry: way",
  );
  expect(await (await fetch(`${url}/v1/models`)).json()).toMatchObject({
    data: expect.arrayContaining([
      expect.objectContaining({ id: "large", max_model_len: 4096 }),
      expect.objectContaining({ id: "small", max_model_len: 300 }),
    ]),
  });
});

test("the models list names what the stack answers as", async () => {
  const client = await clientOf(quickPool());
  const names: string[] = [];
  for await (const { id } of client.models.list()) names.push(id);
  expect(names).toEqual(["quick", "swift"]);
});

test("errors reach the client as its own classes, with type and code", async () => {
  const client = await clientOf(quickPool());
  await expect(client.chat.completions.create({ model: "absent", messages })).rejects.toMatchObject({
    constructor: OpenAI.NotFoundError,
    code: "model_not_found",
    param: "model",
  });
  await expect(client.chat.completions.create({ model: "quick", messages, n: 3 })).rejects.toThrow(/n = 1/);
  await expect(
    client.chat.completions.create({ model: "quick", messages, max_tokens: 10_000_000 }),
  ).rejects.toMatchObject({
    constructor: OpenAI.BadRequestError,
    type: "invalid_request_error",
    code: "context_length_exceeded",
  });
});

test("a provider's rate limit comes as 429 with its headers", async () => {
  const client = await clientOf(
    "parts: { api: { kind: external, models: [ hosted ], requestsPerMinute: 1, ttft: { median: 1ms, p99: 2ms }, gap: { median: 1ms, p99: 2ms }, answers: { median: 3, max: 5 } } }",
  );
  const { response } = await client.chat.completions.create({ model: "hosted", messages }).withResponse();
  expect(response.headers.get("x-ratelimit-limit-requests")).toBe("1");
  const refused = await client.chat.completions.create({ model: "hosted", messages }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
  if (!(refused instanceof OpenAI.RateLimitError)) return;
  expect(refused.code).toBe("rate_limit_exceeded");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("a stack behind a gateway answers as its own models do", async () => {
  const client = await clientOf(RAG);
  const answer = await client.chat.completions.create({ model: "quick", messages });
  expect(answer.choices[0]?.message.content).not.toBe("");
});

test("tools are accepted and stand in the prompt; penalties, biases and log probabilities change nothing", async () => {
  const client = await clientOf(quickPool());
  const plain = await client.chat.completions.create({ model: "quick", messages });
  const sampled = await client.chat.completions.create({
    model: "quick",
    messages,
    temperature: 0.2,
    top_p: 0.5,
    seed: 4,
    presence_penalty: 1,
    frequency_penalty: 1,
    logit_bias: { "50256": -100 },
    logprobs: true,
    user: "someone",
  });
  expect(sampled.choices[0]?.message.content).toBe(plain.choices[0]?.message.content);
  const parameters = { type: "object", properties: { hold: { type: "integer" } }, required: ["hold"] };
  const tooled = await client.chat.completions.create({
    model: "quick",
    messages,
    tools: [{ type: "function", function: { name: "look", description: "Looks into a hold.", parameters } }],
  });
  expect(tooled.usage?.prompt_tokens).toBeGreaterThan((plain.usage?.prompt_tokens ?? 0) + 20);
});

test("continuous usage counts up in every chunk, as vLLM's does", async () => {
  const client = await clientOf(quickPool());
  const stream_options = { include_usage: true, continuous_usage_stats: true };
  const stream = await client.chat.completions.create({ model: "quick", messages, stream: true, stream_options });
  const counts: (number | undefined)[] = [];
  for await (const chunk of stream) counts.push(chunk.usage?.completion_tokens);
  const tokens = counts.at(-1) ?? 0;
  expect(counts).toEqual([0, ...Array.from({ length: tokens }, (_, index) => index + 1), tokens, tokens]);
});
