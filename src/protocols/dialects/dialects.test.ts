import { describe, expect, test } from "vitest";
import { targetFor } from "../../../test/helpers/target.ts";
import type { Json } from "../../plan/index.ts";
import type { TurnRequest } from "../types.ts";
import { openaiChat } from "./openai-chat.ts";
import { compileTemplate } from "./template.ts";
import { applyUsage, USAGE_NAMES } from "./usage.ts";

const turn: TurnRequest = {
  sessionId: "s-1",
  turn: 2,
  attempt: 0,
  persona: "curious",
  prompt: 'say "hi"\n{{persona}}',
  messages: [
    { role: "system", content: "be brief" },
    { role: "user", content: "hello" },
  ],
  maxTokens: 64,
  traceId: [0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210],
};

const json = (text: string | undefined): unknown => JSON.parse(text ?? "null");

describe("a chat completion's request", () => {
  const bodyOf = (changes: Parameters<typeof targetFor>[1], asked = turn): unknown =>
    json(openaiChat.prepare(targetFor("http://h/v1", changes)).body(asked));

  test("asks for a stream with usage, the model and the turn's token limit", () => {
    expect(bodyOf({})).toEqual({
      model: "test-model",
      messages: turn.messages,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 64,
    });
  });

  test("carries images, sound, tools, their calls and results, and the form of the answer", () => {
    const body = bodyOf(
      {},
      {
        ...turn,
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "what is this?" },
              { type: "image", mime: "image/png", data: "iVBOR" },
              { type: "image", mime: "image/jpeg", url: "http://pictures/1" },
              { type: "audio", format: "wav", data: "UklGR" },
            ],
          },
          { role: "assistant", content: "", toolCalls: [{ id: "c-1", name: "look", arguments: '{"at":1}' }] },
          { role: "tool", toolCallId: "c-1", content: "a lighthouse" },
        ],
        tools: [{ name: "look", description: "Looks", parameters: { type: "object" } }, { name: "stop" }],
        responseFormat: { name: "answer", schema: { type: "object" } },
      },
    );
    expect(body).toMatchObject({
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "what is this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,iVBOR" } },
            { type: "image_url", image_url: { url: "http://pictures/1" } },
            { type: "input_audio", input_audio: { data: "UklGR", format: "wav" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c-1", type: "function", function: { name: "look", arguments: '{"at":1}' } }],
        },
        { role: "tool", tool_call_id: "c-1", content: "a lighthouse" },
      ],
      tools: [
        { type: "function", function: { name: "look", description: "Looks", parameters: { type: "object" } } },
        { type: "function", function: { name: "stop" } },
      ],
      response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } },
    });
  });

  test("lets the plan's parameters win, and drops its own limit where they name one", () => {
    expect(bodyOf({ parameters: { temperature: 0, model: "other", max_completion_tokens: 9 } })).toMatchObject({
      model: "other",
      temperature: 0,
      max_completion_tokens: 9,
    });
    expect(bodyOf({ parameters: { max_completion_tokens: 9 } })).not.toHaveProperty("max_tokens");
    expect(bodyOf({}, { ...turn, maxTokens: undefined })).not.toHaveProperty("max_tokens");
  });

  test("asks for one JSON answer where the plan says stream: false", () => {
    const prepared = openaiChat.prepare(targetFor("http://h", { parameters: { stream: false } }));
    expect(prepared.rules.form).toBe("json");
    expect(json(prepared.body(turn))).toEqual({
      model: "test-model",
      messages: turn.messages,
      stream: false,
      max_tokens: 64,
    });
  });

  test.each([
    ["http://h", "http://h/v1/chat/completions"],
    ["http://h/", "http://h/v1/chat/completions"],
    ["http://h/v1/", "http://h/v1/chat/completions"],
    ["http://h/api/paas/v4", "http://h/api/paas/v4/chat/completions"],
    ["http://h/gateway", "http://h/gateway/v1/chat/completions"],
    ["http://h/deployments/m/chat/completions?api-version=1", "http://h/deployments/m/chat/completions?api-version=1"],
  ])("to %s goes to %s", (url, wanted) => {
    expect(openaiChat.prepare(targetFor(url)).url.href).toBe(wanted);
  });
});

describe("a request template", () => {
  const fill = (template: Json, asked = turn): unknown => json(compileTemplate(template)(asked));

  test("puts values into the tree, so that no prompt breaks the JSON or is read as a template", () => {
    expect(fill({ q: "{{turn.prompt}}", mixed: "[{{ session.id }}] {{turn.prompt}}!" })).toEqual({
      q: turn.prompt,
      mixed: `[s-1] ${turn.prompt}!`,
    });
  });

  test("keeps the type of a value that stands alone", () => {
    expect(
      fill({
        n: "{{turn.index}}",
        m: "{{messages}}",
        max: "{{turn.maxTokens}}",
        text: "turn {{turn.index}}",
        list: ["{{persona}}", 1, null, true],
      }),
    ).toEqual({
      n: 2,
      m: turn.messages,
      max: 64,
      text: "turn 2",
      list: ["curious", 1, null, true],
    });
  });

  test("leaves out a member whose value the turn lacks", () => {
    const asked = { ...turn, maxTokens: undefined };
    expect(
      fill({ max: "{{turn.maxTokens}}", list: ["{{turn.maxTokens}}"], text: "<{{turn.maxTokens}}>" }, asked),
    ).toEqual({ list: [null], text: "<>" });
  });

  test("gives one valid UUID of version 4 a request, the same again from the same seed", () => {
    const [first, second] = [fill("{{uuid}}"), fill("{{uuid}}")];
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second).toBe(first);
    expect(fill("{{uuid}}", { ...turn, traceId: [0, 1, 0, 2] })).not.toBe(first);
  });

  test("names every unknown placeholder at once, with its path", () => {
    expect(() => compileTemplate({ a: "{{turn.promt}}", b: [{ c: "x {{nope}}" }] })).toThrow(
      expect.objectContaining({
        exitCode: 104,
        faults: [
          expect.objectContaining({
            code: "PROTOCOL_UNKNOWN_PLACEHOLDER",
            path: "target.request.a",
            received: "turn.promt",
          }),
          expect.objectContaining({ path: "target.request.b[0].c", received: "nope" }),
        ],
      }),
    );
  });
});

describe("token counts", () => {
  const counts = (usage: Readonly<Record<string, number>>): object => {
    const found = new Float64Array(USAGE_NAMES.length).fill(Number.NaN);
    USAGE_NAMES.forEach(({ path }, i) => {
      const value = usage[path.join(".")];
      if (value !== undefined) found[i] = value;
    });
    const into = { inputTokens: -1, cachedTokens: -1, outputTokens: -1, reasoningTokens: -1 };
    applyUsage(found, into);
    return into;
  };

  test.each([
    [
      "OpenAI",
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        "prompt_tokens_details.cached_tokens": 4,
        "completion_tokens_details.reasoning_tokens": 2,
      },
      [10, 4, 5, 2],
    ],
    [
      "Anthropic, which counts cached input apart",
      { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 7, output_tokens: 5 },
      [117, 100, 5, -1],
    ],
    [
      "Gemini, which counts thoughts apart",
      { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 3 },
      [10, -1, 8, 3],
    ],
    ["Ollama", { prompt_eval_count: 10, eval_count: 5 }, [10, -1, 5, -1]],
    ["none", {}, [-1, -1, -1, -1]],
    ["a server that sends nonsense", { prompt_tokens: -3, completion_tokens: 1.5 }, [-1, -1, -1, -1]],
  ])("are read from the usage of %s", (_who, usage, [inputTokens, cachedTokens, outputTokens, reasoningTokens]) => {
    expect(counts(usage)).toEqual({ inputTokens, cachedTokens, outputTokens, reasoningTokens });
  });
});
