import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterEach, expect, test } from "vitest";
import { quickPool, stopTwins, twinOf } from "./test/twin.ts";

afterEach(stopTwins);

async function clients(): Promise<{ openai: OpenAI; anthropic: Anthropic }> {
  const { url } = await twinOf(quickPool());
  return {
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 }),
  };
}

const messages = [{ role: "user" as const, content: "How full is the forward hold?" }];
const input_schema = {
  type: "object" as const,
  properties: { hold: { type: "string", enum: ["forward", "aft"] }, tons: { type: "integer" } },
  required: ["hold", "tons"],
  additionalProperties: false,
};
const rudder = { type: "function" as const, function: { name: "steer" } };
const hold = { type: "function" as const, function: { name: "look", parameters: input_schema } };
const look = expect.objectContaining({ hold: expect.stringMatching(/^(forward|aft)$/), tons: expect.any(Number) });

test("a forced call of a chat is a call with arguments of the function's schema, whole and streamed", async () => {
  const { openai } = await clients();
  const request = { model: "quick", messages, tools: [hold, rudder], tool_choice: "required" as const };
  const { choices } = await openai.chat.completions.create(request);
  const [call] = choices[0]?.message.tool_calls ?? [];
  expect(choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
  expect(call).toMatchObject({ id: expect.stringMatching(/^call_/), type: "function", function: { name: "look" } });
  const text = call?.type === "function" ? call.function.arguments : "";
  expect(JSON.parse(text)).toEqual(look);
  const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
  expect(streamed.choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: { tool_calls: [{ function: { name: "look", arguments: text } }] },
  });
});

test("a function that a chat names is the one called, and what it gives can be answered", async () => {
  const { openai } = await clients();
  const request = { model: "quick", messages, tools: [hold, rudder] };
  const { choices } = await openai.chat.completions.create({ ...request, tool_choice: rudder });
  const message = choices[0]?.message;
  // OpenAI and vLLM end a call that the request names with `stop`.
  expect(choices[0]).toMatchObject({
    finish_reason: "stop",
    message: { tool_calls: [{ function: { name: "steer", arguments: "{}" } }] },
  });
  const [call] = message?.tool_calls ?? [];
  if (message === undefined || call === undefined) return;
  const result = { role: "tool" as const, tool_call_id: call.id, content: "done" };
  const next = await openai.chat.completions.create({ ...request, messages: [...messages, message, result] });
  expect(next.choices[0]?.message.content).not.toBe("");
});

test("a cap cuts a call's arguments, and says so", async () => {
  const { openai, anthropic } = await clients();
  const chat = { model: "quick", messages, tools: [hold], tool_choice: "required" as const, max_tokens: 2 };
  expect((await openai.chat.completions.create(chat)).choices[0]?.finish_reason).toBe("length");
  const tools = [{ name: "look", input_schema }];
  const message = { model: "quick", messages, tools, tool_choice: { type: "any" as const }, max_tokens: 2 };
  expect(await anthropic.messages.create(message)).toMatchObject({
    stop_reason: "max_tokens",
    content: [{ input: {} }],
  });
});

test("Anthropic's forced call is a tool_use block, whole and streamed", async () => {
  const { anthropic } = await clients();
  const tools = [
    { name: "steer", input_schema: { type: "object" as const } },
    { name: "look", input_schema },
  ];
  for (const tool_choice of [{ type: "any" as const }, { type: "tool" as const, name: "look" }]) {
    const request = { model: "quick", max_tokens: 300, messages, tools, tool_choice };
    const whole = await anthropic.messages.create(request);
    const name = tool_choice.type === "any" ? "steer" : "look";
    expect(whole).toMatchObject({ stop_reason: "tool_use", content: [{ type: "tool_use", name }] });
    const [block] = whole.content;
    const input = block?.type === "tool_use" ? block.input : undefined;
    if (name === "look") expect(input).toEqual(look);
    const streamed = await anthropic.messages.stream(request).finalMessage();
    expect(streamed.stop_reason).toBe("tool_use");
    expect(streamed.content).toMatchObject([{ type: "tool_use", name, input }]);
  }
});

test("a forced call of a response is a function_call item, whole and streamed", async () => {
  const { openai } = await clients();
  const tools = [{ type: "function" as const, name: "look", parameters: input_schema, strict: true }];
  const request = { model: "quick", input: "How full is it?", tools, tool_choice: "required" as const };
  const whole = await openai.responses.create(request);
  const [item] = whole.output;
  expect(item).toMatchObject({ type: "function_call", name: "look", status: "completed" });
  const text = item?.type === "function_call" ? item.arguments : "";
  expect(JSON.parse(text)).toEqual(look);
  const numbers: number[] = [];
  let pieces = "";
  for await (const event of await openai.responses.create({ ...request, stream: true })) {
    numbers.push(event.sequence_number);
    if (event.type === "response.function_call_arguments.delta") pieces += event.delta;
  }
  expect(pieces).toBe(text);
  expect(numbers).toEqual(numbers.map((_, index) => index));
  const final = await openai.responses.stream(request).finalResponse();
  expect(final.output).toMatchObject([{ type: "function_call", arguments: text }]);
});

test("a forced call that cannot be made is refused, never answered with prose", async () => {
  const { openai, anthropic } = await clients();
  const chat = (more: object) => openai.chat.completions.create({ model: "quick", messages, ...more });
  await expect(chat({ tool_choice: "required" })).rejects.toThrow(/at least one function/);
  await expect(chat({ tools: [hold], tool_choice: rudder })).rejects.toMatchObject({
    status: 400,
    param: "tool_choice",
    message: expect.stringContaining("'steer'"),
  });
  await expect(chat({ tools: [hold], tool_choice: { type: "custom", custom: { name: "x" } } })).rejects.toThrow(
    /functions only/,
  );
  const message = { model: "quick", max_tokens: 9, messages, tools: [{ name: "look", input_schema }] };
  await expect(
    anthropic.messages.create({ ...message, tool_choice: { type: "tool", name: "steer" } }),
  ).rejects.toMatchObject({ constructor: Anthropic.BadRequestError });
});
