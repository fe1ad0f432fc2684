import { describe, expect, test } from "vitest";
import { targetFor } from "../../../test/helpers/target.ts";
import { completeUrl, PROTOCOLS, protocolOfPath } from "../../base/index.ts";
import type { ProtocolName, Target } from "../../plan/index.ts";
import type { TurnRequest } from "../types.ts";
import { DIALECTS } from "./table.ts";

const TURN: TurnRequest = {
  sessionId: "s-1",
  turn: 1,
  attempt: 0,
  persona: "p",
  prompt: "Thanks.",
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", mime: "image/png", data: "iVBOR" },
      ],
    },
    {
      role: "assistant",
      content: "",
      toolCalls: [
        { id: "c-1", name: "look", arguments: '{"q":1}' },
        { id: "c-2", name: "ask", arguments: "not JSON" },
      ],
    },
    { role: "tool", toolCallId: "c-1", content: "a lighthouse" },
    { role: "tool", toolCallId: "c-2", content: "nobody" },
    { role: "assistant", content: "A lighthouse." },
    { role: "user", content: "Thanks." },
  ],
  maxTokens: 64,
  traceId: [1, 2, 3, 4],
  tools: [{ name: "look", description: "Looks", parameters: { type: "object" } }, { name: "ask" }],
  responseFormat: { name: "answer", schema: { type: "object" } },
};

function bodyOf(protocol: ProtocolName, changes: Partial<Target> = {}, turn: Partial<TurnRequest> = {}): unknown {
  const prepared = DIALECTS[protocol].prepare(targetFor("http://h", { protocol, ...changes }));
  return JSON.parse(prepared.body({ ...TURN, ...turn }) ?? "null");
}

describe("a request of", () => {
  test("openai-responses has its system prompt apart, calls and results as items, and after a kept response what is new", () => {
    const whole = bodyOf("openai-responses");
    expect(whole).toMatchObject({
      model: "test-model",
      instructions: "Be brief.",
      stream: true,
      max_output_tokens: 64,
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "What is this?" },
            { type: "input_image", image_url: "data:image/png;base64,iVBOR" },
          ],
        },
        { type: "function_call", call_id: "c-1", name: "look", arguments: '{"q":1}' },
        { type: "function_call", call_id: "c-2", name: "ask", arguments: "not JSON" },
        { type: "function_call_output", call_id: "c-1", output: "a lighthouse" },
        { type: "function_call_output", call_id: "c-2", output: "nobody" },
        { role: "assistant", content: "A lighthouse." },
        { role: "user", content: "Thanks." },
      ],
      tools: [
        { type: "function", name: "look", description: "Looks" },
        { type: "function", name: "ask" },
      ],
      text: { format: { type: "json_schema", name: "answer" } },
    });
    expect(whole).not.toHaveProperty("previous_response_id");
    const kept = { parameters: { store: true } };
    expect(bodyOf("openai-responses", kept, { previousId: "resp_1" })).toMatchObject({
      previous_response_id: "resp_1",
      input: [{ role: "user", content: "Thanks." }],
      store: true,
    });
    expect(bodyOf("openai-responses", kept)).toMatchObject({ input: { length: 7 } });
  });

  test("anthropic-messages has blocks, all results of one answer's calls in one message, and always a limit", () => {
    expect(bodyOf("anthropic-messages")).toEqual({
      model: "test-model",
      max_tokens: 64,
      system: "Be brief.",
      stream: true,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBOR" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "c-1", name: "look", input: { q: 1 } },
            { type: "tool_use", id: "c-2", name: "ask", input: { arguments: "not JSON" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "c-1", content: "a lighthouse" },
            { type: "tool_result", tool_use_id: "c-2", content: "nobody" },
          ],
        },
        { role: "assistant", content: "A lighthouse." },
        { role: "user", content: "Thanks." },
      ],
      tools: [
        { name: "look", description: "Looks", input_schema: { type: "object" } },
        { name: "ask", input_schema: { type: "object", properties: {} } },
      ],
      output_config: { format: { type: "json_schema", schema: { type: "object" } } },
    });
    expect(bodyOf("anthropic-messages", {}, { maxTokens: undefined })).toHaveProperty("max_tokens", 4096);
    expect(bodyOf("anthropic-messages", { parameters: { max_tokens: 7 } })).toHaveProperty("max_tokens", 7);
  });

  test("Ollama has images as base64, arguments as objects, results by their tool's name, and the limit among its options", () => {
    expect(bodyOf("ollama-chat", { parameters: { options: { temperature: 0 } } })).toMatchObject({
      stream: true,
      format: { type: "object" },
      options: { temperature: 0, num_predict: 64 },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "What is this?", images: ["iVBOR"] },
        {
          role: "assistant",
          tool_calls: [{ function: { name: "look", arguments: { q: 1 } } }, { function: { name: "ask" } }],
        },
        { role: "tool", tool_name: "look", content: "a lighthouse" },
        { role: "tool", tool_name: "ask", content: "nobody" },
        { role: "assistant", content: "A lighthouse." },
        { role: "user", content: "Thanks." },
      ],
    });
    expect(bodyOf("ollama-chat", { parameters: { options: { num_predict: 9 } } })).toMatchObject({
      options: { num_predict: 9 },
    });
    expect(bodyOf("ollama-generate")).toMatchObject({
      system: "Be brief.",
      prompt: expect.stringMatching(/^What is this\?[\s\S]*Thanks\.$/),
      images: ["iVBOR"],
      options: { num_predict: 64 },
    });
  });

  test("langgraph names its assistant and asks for the chunks of messages", () => {
    expect(bodyOf("langgraph", { model: "agent" })).toMatchObject({
      assistant_id: "agent",
      stream_mode: ["messages-tuple"],
      input: {
        messages: [
          { role: "system" },
          { role: "user", content: [{ type: "text" }, { type: "image_url" }] },
          {
            role: "assistant",
            tool_calls: [{ type: "tool_call", id: "c-1", name: "look", args: { q: 1 } }, { id: "c-2" }],
          },
          { role: "tool", tool_call_id: "c-1" },
          { role: "tool", tool_call_id: "c-2" },
          { role: "assistant" },
          { role: "user" },
        ],
      },
    });
  });

  test("an application is the plan's own where the plan writes one", () => {
    for (const protocol of ["ai-sdk", "ai-sdk-text", "langgraph", "ag-ui"] as const)
      expect(bodyOf(protocol, { request: { ask: "{{turn.prompt}}" } })).toEqual({ ask: "Thanks." });
  });

  test("mcp is a call of the plan's tool, with a number of its own in the session", () => {
    const request = { name: "search", arguments: { query: "{{turn.prompt}}" } };
    expect(bodyOf("mcp", { request })).toEqual({
      jsonrpc: "2.0",
      id: "1.0",
      method: "tools/call",
      params: { name: "search", arguments: { query: "Thanks." } },
    });
  });
});

test("a prompt with what a protocol has no place for is refused with the protocol's name, never sent without it", () => {
  const audio = [{ role: "user", content: [{ type: "audio", format: "wav", data: "UklGR" }] }] as const;
  for (const protocol of [
    "openai-responses",
    "openai-completions",
    "openai-embeddings",
    "anthropic-messages",
    "ollama-chat",
    "ollama-generate",
    "langgraph",
  ] as const)
    expect(() => bodyOf(protocol, {}, { messages: audio }), protocol).toThrow(
      expect.objectContaining({ exitCode: 104, faults: [expect.objectContaining({ code: "PROTOCOL_PART" })] }),
    );
});

describe("an address", () => {
  test.each([
    ["openai-responses", "http://h", "http://h/v1/responses"],
    ["openai-responses", "http://h/gateway/v1/", "http://h/gateway/v1/responses"],
    ["openai-embeddings", "http://h/v1/embeddings?api-version=1", "http://h/v1/embeddings?api-version=1"],
    ["openai-images", "http://h/v4", "http://h/v4/images/generations"],
    ["anthropic-messages", "http://h/anthropic", "http://h/anthropic/v1/messages"],
    ["ollama-chat", "http://h:11434/", "http://h:11434/api/chat"],
    ["ollama-generate", "http://h/api", "http://h/api/generate"],
    ["ai-sdk", "http://h", "http://h/api/chat"],
    ["ai-sdk", "http://h/api/support", "http://h/api/support"],
    ["langgraph", "http://h", "http://h/runs/stream"],
    ["langgraph", "http://h/chain/stream", "http://h/chain/stream"],
    ["mcp", "http://h", "http://h/mcp"],
    ["ag-ui", "http://h/agent", "http://h/agent"],
  ] as const)("of %s is completed from %s to %s", (protocol, given, wanted) => {
    expect(completeUrl(new URL(given), protocol).href).toBe(wanted);
  });

  test("that is complete stays as it is", () => {
    for (const protocol of PROTOCOLS) {
      const once = completeUrl(new URL("http://h/some/v1"), protocol).href;
      expect(completeUrl(new URL(once), protocol).href).toBe(once);
    }
  });

  test("tells the protocol where its path is one protocol's alone", () => {
    expect(protocolOfPath("/v1")).toBe("openai-chat");
    expect(protocolOfPath("/v1/messages/")).toBe("anthropic-messages");
    expect(protocolOfPath("/proxy/v1/responses")).toBe("openai-responses");
    expect(protocolOfPath("/api/chat")).toBeUndefined();
    expect(protocolOfPath("/")).toBeUndefined();
  });
});
