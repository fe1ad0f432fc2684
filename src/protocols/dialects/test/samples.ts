import type { Json, ProtocolName, Target } from "../../../plan/index.ts";
import type { Exchange } from "../../types.ts";

/** A streamed answer of a dialect in pieces: what opens it, an event for each token, what closes it. */
export interface StreamSample {
  readonly protocol: ProtocolName;
  /** Apart from others of the protocol. */
  readonly name: string;
  readonly target?: Partial<Target>;
  readonly type: string;
  readonly open: string;
  token(text: string, index: number): string;
  readonly close: string;
  /** What the exchange holds at the end, whatever the tokens were. */
  readonly ends: Partial<Exchange>;
  /** The stream says that it is whole, so one that is cut before its end is known to be. */
  readonly saysEnd: boolean;
}

const json = (value: Json): string => JSON.stringify(value);
const data = (value: Json): string => `data: ${value === "[DONE]" ? value : json(value)}\n\n`;
const named = (name: string, value: Json, id = ""): string => `${id}event: ${name}\ndata: ${json(value)}\n\n`;
const typed = (type: string, fields: { readonly [key: string]: Json } = {}): string => named(type, { type, ...fields });
const line = (value: Json): string => `${json(value)}\n`;
const SSE = "text/event-stream; charset=utf-8";

const chatChunk = (delta: Json, finish: string | null = null): string =>
  data({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "m-1",
    system_fingerprint: "fp",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
const openaiUsage = {
  prompt_tokens: 9,
  completion_tokens: 7,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const counted = { inputTokens: 9, outputTokens: 7, cachedTokens: 4, reasoningTokens: 2 };

const chat: StreamSample = {
  protocol: "openai-chat",
  name: "openai-chat",
  type: SSE,
  open: chatChunk({ role: "assistant", content: "" }) + chatChunk({ reasoning_content: "hm" }),
  token: (text) => chatChunk({ content: text }),
  close:
    chatChunk({ tool_calls: [{ index: 0, id: "c-1", type: "function", function: { name: "look", arguments: "" } }] }) +
    chatChunk({ tool_calls: [{ index: 0, function: { arguments: '{"q":' } }] }) +
    chatChunk({ tool_calls: [{ index: 0, function: { arguments: '"é"}' } }] }) +
    chatChunk({}, "tool_calls") +
    data({ id: "chatcmpl-1", model: "m-1", choices: [], usage: openaiUsage }) +
    data("[DONE]"),
  ends: {
    ...counted,
    model: "m-1",
    responseId: "chatcmpl-1",
    finishReason: "tool_calls",
    toolCalls: [{ id: "c-1", name: "look", arguments: '{"q":"é"}' }],
  },
  saysEnd: true,
};

const completions: StreamSample = {
  protocol: "openai-completions",
  name: "openai-completions",
  type: SSE,
  open: "",
  token: (text) =>
    data({ id: "cmpl-1", object: "text_completion", model: "m-1", choices: [{ index: 0, text, finish_reason: null }] }),
  close:
    data({ id: "cmpl-1", object: "text_completion", model: "m-1", choices: [{ text: "", finish_reason: "length" }] }) +
    data({ id: "cmpl-1", choices: [], usage: openaiUsage }) +
    data("[DONE]"),
  ends: { ...counted, model: "m-1", responseId: "cmpl-1", finishReason: "length", toolCalls: [] },
  saysEnd: true,
};

const response = (fields: { readonly [key: string]: Json }): Json => ({
  id: "resp_1",
  object: "response",
  model: "m-1",
  error: null,
  ...fields,
});
const responses: StreamSample = {
  protocol: "openai-responses",
  name: "openai-responses",
  type: SSE,
  open:
    typed("response.created", { sequence_number: 0, response: response({ status: "in_progress", usage: null }) }) +
    typed("response.output_item.added", {
      sequence_number: 1,
      output_index: 0,
      item: { id: "rs_1", type: "reasoning" },
    }) +
    typed("response.reasoning_summary_text.delta", { sequence_number: 2, output_index: 0, delta: "hm" }) +
    typed("response.output_item.added", {
      sequence_number: 3,
      output_index: 1,
      item: { id: "msg_1", type: "message" },
    }),
  token: (text, index) =>
    typed("response.output_text.delta", {
      sequence_number: index + 4,
      item_id: "msg_1",
      output_index: 1,
      content_index: 0,
      delta: text,
      logprobs: [],
      obfuscation: "x".repeat(1 + (index % 7)),
    }),
  close:
    typed("response.output_text.done", { sequence_number: 900, output_index: 1, text: "all of it once more" }) +
    typed("response.output_item.added", {
      sequence_number: 901,
      output_index: 2,
      item: { id: "fc_1", type: "function_call", call_id: "c-1", name: "look", arguments: "" },
    }) +
    typed("response.function_call_arguments.delta", { sequence_number: 902, output_index: 2, delta: '{"q":' }) +
    typed("response.function_call_arguments.delta", { sequence_number: 903, output_index: 2, delta: '"é"}' }) +
    typed("response.function_call_arguments.done", { sequence_number: 904, output_index: 2, arguments: '{"q":"é"}' }) +
    typed("response.completed", {
      sequence_number: 905,
      response: response({
        status: "completed",
        output: [{ type: "message", content: [{ type: "output_text", text: "all of it once more" }] }],
        usage: {
          input_tokens: 9,
          output_tokens: 7,
          input_tokens_details: { cached_tokens: 4 },
          output_tokens_details: { reasoning_tokens: 2 },
        },
      }),
    }),
  ends: {
    ...counted,
    model: "m-1",
    responseId: "resp_1",
    finishReason: "completed",
    toolCalls: [{ id: "c-1", name: "look", arguments: '{"q":"é"}' }],
  },
  saysEnd: true,
};

const anthropic: StreamSample = {
  protocol: "anthropic-messages",
  name: "anthropic-messages",
  type: SSE,
  open:
    typed("message_start", {
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "m-1",
        content: [],
        usage: { input_tokens: 5, cache_read_input_tokens: 4, cache_creation_input_tokens: 0, output_tokens: 1 },
      },
    }) +
    typed("content_block_start", { index: 0, content_block: { type: "thinking", thinking: "" } }) +
    typed("ping") +
    typed("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: "hm" } }) +
    typed("content_block_delta", { index: 0, delta: { type: "signature_delta", signature: "sig" } }) +
    typed("content_block_stop", { index: 0 }) +
    typed("content_block_start", { index: 1, content_block: { type: "text", text: "" } }),
  token: (text) => typed("content_block_delta", { index: 1, delta: { type: "text_delta", text } }),
  close:
    typed("content_block_stop", { index: 1 }) +
    typed("content_block_start", {
      index: 2,
      content_block: { type: "tool_use", id: "c-1", name: "look", input: {} },
    }) +
    typed("content_block_delta", { index: 2, delta: { type: "input_json_delta", partial_json: "" } }) +
    typed("content_block_delta", { index: 2, delta: { type: "input_json_delta", partial_json: '{"q":' } }) +
    typed("content_block_delta", { index: 2, delta: { type: "input_json_delta", partial_json: '"é"}' } }) +
    typed("content_block_stop", { index: 2 }) +
    typed("message_delta", { delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 7 } }) +
    typed("message_stop"),
  ends: {
    inputTokens: 9,
    outputTokens: 7,
    cachedTokens: 4,
    model: "m-1",
    responseId: "msg_1",
    finishReason: "tool_use",
    toolCalls: [{ id: "c-1", name: "look", arguments: '{"q":"é"}' }],
  },
  saysEnd: true,
};

const ollamaLine = (fields: { readonly [key: string]: Json }, index: number): string =>
  line({ model: "m-1", created_at: `2026-01-01T00:00:00.${String(index).padStart(9, "0")}Z`, ...fields });
const ollamaCounts = { total_duration: 5_000, prompt_eval_count: 9, prompt_eval_duration: 10, eval_count: 7 };

const ollamaChat: StreamSample = {
  protocol: "ollama-chat",
  name: "ollama-chat",
  type: "application/x-ndjson",
  open: ollamaLine({ message: { role: "assistant", content: "", thinking: "hm" }, done: false }, 1),
  token: (text, index) => ollamaLine({ message: { role: "assistant", content: text }, done: false }, index + 2),
  close:
    ollamaLine(
      {
        message: {
          role: "assistant",
          content: "",
          tool_calls: [
            { function: { name: "look", arguments: { q: "é" } } },
            { function: { name: "sum", arguments: {} } },
          ],
        },
        done: false,
      },
      900,
    ) +
    ollamaLine({ message: { role: "assistant", content: "" }, done: true, done_reason: "stop", ...ollamaCounts }, 901),
  ends: {
    inputTokens: 9,
    outputTokens: 7,
    model: "m-1",
    finishReason: "stop",
    toolCalls: [
      { id: "call_0", name: "look", arguments: '{"q":"é"}' },
      { id: "call_1", name: "sum", arguments: "{}" },
    ],
  },
  saysEnd: true,
};

const ollamaGenerate: StreamSample = {
  protocol: "ollama-generate",
  name: "ollama-generate",
  type: "application/x-ndjson",
  open: "",
  token: (text, index) => ollamaLine({ response: text, done: false }, index),
  close: ollamaLine({ response: "", done: true, done_reason: "length", context: [1, 2, 3], ...ollamaCounts }, 901),
  ends: { inputTokens: 9, outputTokens: 7, model: "m-1", finishReason: "length" },
  saysEnd: true,
};

const aiSdk: StreamSample = {
  protocol: "ai-sdk",
  name: "ai-sdk",
  type: "text/event-stream",
  open:
    data({ type: "start", messageId: "msg_1" }) +
    data({ type: "start-step" }) +
    data({ type: "reasoning-start", id: "r0" }) +
    data({ type: "reasoning-delta", id: "r0", delta: "hm" }) +
    data({ type: "text-start", id: "t0" }),
  token: (text) => data({ type: "text-delta", id: "t0", delta: text }),
  close:
    data({ type: "text-end", id: "t0" }) +
    data({ type: "tool-input-start", toolCallId: "c-0", toolName: "served" }) +
    data({ type: "tool-input-available", toolCallId: "c-0", toolName: "served", input: {} }) +
    data({ type: "tool-output-available", toolCallId: "c-0", output: 1 }) +
    data({ type: "tool-input-start", toolCallId: "c-1", toolName: "look" }) +
    data({ type: "tool-input-delta", toolCallId: "c-1", inputTextDelta: '{"q":' }) +
    data({ type: "tool-input-delta", toolCallId: "c-1", inputTextDelta: '"é"}' }) +
    data({ type: "tool-input-available", toolCallId: "c-1", toolName: "look", input: { q: "é" } }) +
    data({ type: "finish-step" }) +
    data({
      type: "finish",
      finishReason: "tool-calls",
      messageMetadata: { usage: { inputTokens: 9, outputTokens: 7, reasoningTokens: 2, cachedInputTokens: 4 } },
    }) +
    data("[DONE]"),
  ends: {
    ...counted,
    responseId: "msg_1",
    finishReason: "tool-calls",
    toolCalls: [{ id: "c-1", name: "look", arguments: '{"q":"é"}' }],
  },
  saysEnd: true,
};

const dataStream: StreamSample = {
  protocol: "ai-sdk",
  name: "ai-sdk's data stream",
  type: "text/plain; charset=utf-8",
  open: 'f:{"messageId":"msg_1"}\ng:"hm"\n',
  token: (text) => `0:${json(text)}\n`,
  close:
    'b:{"toolCallId":"c-1","toolName":"look"}\n' +
    `c:${json({ toolCallId: "c-1", argsTextDelta: '{"q":"é"}' })}\n` +
    `9:${json({ toolCallId: "c-1", toolName: "look", args: { q: "é" } })}\n` +
    'e:{"finishReason":"stop","usage":{"promptTokens":9,"completionTokens":7},"isContinued":false}\n' +
    'd:{"finishReason":"stop","usage":{"promptTokens":9,"completionTokens":7}}\n',
  ends: {
    inputTokens: 9,
    outputTokens: 7,
    responseId: "msg_1",
    finishReason: "stop",
    toolCalls: [{ id: "c-1", name: "look", arguments: '{"q":"é"}' }],
  },
  saysEnd: true,
};

const aiSdkText: StreamSample = {
  protocol: "ai-sdk-text",
  name: "ai-sdk-text",
  type: "text/plain; charset=utf-8",
  open: "",
  token: (text) => text,
  close: "",
  ends: { toolCalls: [] },
  saysEnd: false,
};

/**
 * As `@langchain/langgraph-api` 1.5.1 sends them (tried by hand: the package is too large to install for a test), with chunks as LangChain
 * serialises them; the Python platform says `AIMessageChunk` where this says `ai`.
 */
const langChunk = (fields: { readonly [key: string]: Json }, id: string): string =>
  named(
    "messages",
    [
      {
        content: "",
        additional_kwargs: {},
        response_metadata: {},
        type: "AIMessageChunk",
        id: "run-1",
        tool_calls: [],
        tool_call_chunks: [],
        ...fields,
      },
      { langgraph_node: "agent", langgraph_step: 1, ls_model_name: "m-1" },
    ],
    `id: ${id}\n`,
  );
const langgraph: StreamSample = {
  protocol: "langgraph",
  name: "langgraph",
  type: SSE,
  open:
    named("metadata", { run_id: "run_1", attempt: 1 }) +
    langChunk({ content: "what was asked", type: "human" }, "1") +
    langChunk({ additional_kwargs: { reasoning_content: "hm" } }, "2"),
  token: (text, index) => langChunk({ content: text }, String(index + 3)),
  close:
    langChunk(
      { tool_call_chunks: [{ index: 0, id: "c-0", name: "served", args: "{}", type: "tool_call_chunk" }] },
      "900",
    ) +
    langChunk({ response_metadata: { finish_reason: "tool_calls", model_name: "m-1" } }, "901") +
    langChunk({ usage_metadata: { input_tokens: 4, output_tokens: 3, total_tokens: 7 } }, "902") +
    langChunk({ type: "tool", content: "42", tool_call_id: "c-0" }, "903") +
    langChunk(
      {
        tool_calls: [{ name: "look", args: {}, id: "c-1", type: "tool_call" }],
        tool_call_chunks: [{ index: 1, id: "c-1", name: "look", args: "", type: "tool_call_chunk" }],
      },
      "904",
    ) +
    langChunk({ tool_call_chunks: [{ index: 1, args: '{"q":' }] }, "905") +
    langChunk({ tool_call_chunks: [{ index: 1, args: '"é"}' }] }, "906") +
    langChunk(
      {
        type: "ai",
        tool_calls: [
          { name: "sum", args: { a: 1 }, id: "c-2", type: "tool_call" },
          { name: "sum", args: {}, id: "c-3", type: "tool_call" },
        ],
      },
      "906b",
    ) +
    langChunk({ response_metadata: { finish_reason: "stop" } }, "907") +
    langChunk(
      {
        usage_metadata: {
          input_tokens: 5,
          output_tokens: 4,
          input_token_details: { cache_read: 4 },
          output_token_details: { reasoning: 2 },
        },
      },
      "908",
    ),
  ends: {
    ...counted,
    model: "m-1",
    responseId: "run_1",
    finishReason: "stop",
    toolCalls: [
      { id: "c-1", name: "look", arguments: '{"q":"é"}' },
      { id: "c-2", name: "sum", arguments: '{"a":1}' },
      { id: "c-3", name: "sum", arguments: "{}" },
    ],
  },
  saysEnd: false,
};

const langserve: StreamSample = {
  protocol: "langgraph",
  name: "langserve",
  target: { url: "http://127.0.0.1:1/chain/stream", request: { input: "{{turn.prompt}}" } },
  type: SSE,
  open: named("metadata", { run_id: "run_1" }),
  token: (text) => named("data", text),
  close: "event: end\n\n",
  ends: { responseId: "run_1", toolCalls: [] },
  saysEnd: false,
};

const agUi: StreamSample = {
  protocol: "ag-ui",
  name: "ag-ui",
  type: "text/event-stream",
  open:
    data({ type: "RUN_STARTED", threadId: "t", runId: "run_1", timestamp: 1 }) +
    data({ type: "REASONING_MESSAGE_CONTENT", messageId: "r", delta: "hm" }) +
    data({ type: "TEXT_MESSAGE_START", messageId: "m", role: "assistant" }),
  token: (text, index) =>
    data({ type: "TEXT_MESSAGE_CONTENT", timestamp: 1_700_000_000_000 + index, messageId: "m", delta: text }),
  close:
    data({ type: "TEXT_MESSAGE_END", messageId: "m" }) +
    data({ type: "TOOL_CALL_START", toolCallId: "c-0", toolCallName: "served" }) +
    data({ type: "TOOL_CALL_RESULT", messageId: "t", toolCallId: "c-0", content: "1" }) +
    data({ type: "TOOL_CALL_START", toolCallId: "c-1", toolCallName: "look" }) +
    data({ type: "TOOL_CALL_ARGS", toolCallId: "c-1", delta: '{"q":' }) +
    data({ type: "TOOL_CALL_ARGS", toolCallId: "c-1", delta: '"é"}' }) +
    data({ type: "TOOL_CALL_END", toolCallId: "c-1" }) +
    data({
      type: "RUN_FINISHED",
      threadId: "t",
      runId: "run_1",
      outcome: { type: "success" },
      usage: [
        { inputTokens: 4, outputTokens: 3, cachedInputTokens: 4 },
        { inputTokens: 5, outputTokens: 4, reasoningTokens: 2, cacheWriteInputTokens: 3 },
      ],
    }),
  ends: {
    ...counted,
    responseId: "run_1",
    finishReason: "success",
    toolCalls: [{ id: "c-1", name: "look", arguments: '{"q":"é"}' }],
  },
  saysEnd: true,
};

const EVENTS = { token: "$.t", reasoning: "$.why", usage: "$.usage", done: "$.done", model: "$.model" };
const httpSse: StreamSample = {
  protocol: "http-sse",
  name: "http-sse",
  target: { events: EVENTS },
  type: SSE,
  open: data({ model: "m-1" }) + data({ why: "hm" }),
  token: (text) => data({ t: text }),
  close: data({ done: "stop", usage: { input_tokens: 9, output_tokens: 7 } }),
  ends: { inputTokens: 9, outputTokens: 7, model: "m-1", finishReason: "stop" },
  saysEnd: true,
};
const httpNdjson: StreamSample = {
  protocol: "http-ndjson",
  name: "http-ndjson",
  target: { events: EVENTS },
  type: "application/x-ndjson",
  open: line({ model: "m-1" }) + line({ why: "hm" }),
  token: (text) => line({ t: text }),
  close: line({ done: "stop", usage: { input_tokens: 9, output_tokens: 7 } }),
  ends: { inputTokens: 9, outputTokens: 7, model: "m-1", finishReason: "stop" },
  saysEnd: true,
};

export const STREAM_SAMPLES: readonly StreamSample[] = [
  chat,
  completions,
  responses,
  anthropic,
  ollamaChat,
  ollamaGenerate,
  aiSdk,
  dataStream,
  aiSdkText,
  langgraph,
  langserve,
  agUi,
  httpSse,
  httpNdjson,
];
