import { z } from "zod";
import type { PromptMessage } from "../../answers/types.ts";
import { readJson } from "./body.ts";
import { anthropicErrors, errorOf } from "./errors.ts";
import { contentField, textOf, toolMessages, vllmFields } from "./fields.ts";
import { type ForcedTool, forcedTool } from "./forced-tool.ts";
import { namedEvent } from "./sse.ts";
import { boundsFault } from "./token-bounds.ts";
import type { AnswerEnd, AnswerHead, Read, Reading, Wire } from "./types.ts";

const promptFields = {
  model: z.string(),
  messages: z.array(z.object({ role: z.enum(["user", "assistant", "system"]), content: contentField })).min(1),
  system: contentField.nullish(),
  tools: z.array(z.looseObject({})).nullish(),
};

const schema = z.object({
  ...vllmFields,
  ...promptFields,
  max_tokens: z.int().min(1),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).max(16).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().nullish(),
  tool_choice: z.looseObject({ type: z.enum(["auto", "any", "tool", "none"]), name: z.string().optional() }).nullish(),
  metadata: z.object({ user_id: z.string().nullish() }).nullish(),
  output_config: z
    .object({
      format: z.object({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) }).nullish(),
    })
    .nullish(),
});

export function readAnthropicMessages(text: string): Read<Reading> {
  const read = readJson(schema, text);
  if (read.faults) return read;
  const body = read.value;
  const choice = body.tool_choice;
  const forces = choice?.type === "any" || choice?.type === "tool";
  const tool = forcedTool(body.tools, {
    value: forces ? { name: choice.type === "tool" ? (choice.name ?? "") : undefined } : undefined,
  });
  if (tool.faults) return tool;
  const bounds = { maxTokens: body.max_tokens, minTokens: body.min_tokens ?? undefined };
  const faults = boundsFault(bounds, "max_tokens");
  if (faults) return { faults };
  return {
    value: {
      asked: {
        model: body.model,
        messages: messagesOf(body),
        ...bounds,
        ignoreEos: body.ignore_eos ?? false,
        json: tool.value?.parameters ?? body.output_config?.format?.schema,
        stop: (body.stop_sequences ?? []).filter((stop) => stop !== ""),
        stream: body.stream ?? false,
        user: body.metadata?.user_id ?? undefined,
        priority: body.priority ?? 0,
      },
      wire: anthropicMessages(tool.value),
    },
  };
}

export interface CountAsked {
  readonly model: string;
  readonly messages: readonly PromptMessage[];
}

const countSchema = z.object(promptFields);

/** POST /v1/messages/count_tokens: a message's prompt without its answer. */
export function readAnthropicCount(text: string): Read<CountAsked> {
  const read = readJson(countSchema, text);
  return read.faults ? read : { value: { model: read.value.model, messages: messagesOf(read.value) } };
}

function messagesOf(body: z.infer<typeof countSchema>): readonly PromptMessage[] {
  const system = textOf(body.system);
  return [
    ...toolMessages(body.tools),
    ...(system === "" ? [] : [{ role: "system", content: system }]),
    ...body.messages.map(({ role, content }) => ({ role, content: textOf(content) })),
  ];
}

function stopReason(end: AnswerEnd, tool: ForcedTool | undefined): string {
  if (end.stopSequence !== undefined) return "stop_sequence";
  if (end.finish === "length") return "max_tokens";
  return tool === undefined ? "end_turn" : "tool_use";
}

/** Tokens of the prefix cache are told apart from the others, and not among `input_tokens`. */
function usageOf(tokens: { inputTokens: number; cachedTokens: number; outputTokens: number }): object {
  return {
    input_tokens: tokens.inputTokens - tokens.cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: tokens.cachedTokens,
    output_tokens: tokens.outputTokens,
  };
}

function message(head: AnswerHead, more: object): object {
  return { id: `msg_${head.id}`, type: "message", role: "assistant", model: head.model, ...more };
}

const anthropicMessages = (tool: ForcedTool | undefined): Wire => ({
  stream: (head) => ({
    open: () =>
      namedEvent("message_start", {
        message: message(head, {
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...usageOf({ ...head, outputTokens: 1 }), service_tier: "standard" },
        }),
      }) +
      namedEvent("content_block_start", {
        index: 0,
        content_block: tool === undefined ? { type: "text", text: "" } : toolUse(head, tool, {}),
      }) +
      namedEvent("ping"),
    text: (text) =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{${tool === undefined ? TEXT_DELTA : INPUT_DELTA}:${JSON.stringify(text)}}}\n\n`,
    close: (end) =>
      namedEvent("content_block_stop", { index: 0 }) +
      namedEvent("message_delta", {
        delta: { stop_reason: stopReason(end, tool), stop_sequence: end.stopSequence ?? null },
        usage: usageOf(end),
      }) +
      namedEvent("message_stop"),
    broken: (failure) =>
      `event: error\ndata: ${JSON.stringify(anthropicErrors.body(errorOf(failure), `req_${head.id}`))}\n\n`,
  }),
  whole: (head, end) =>
    message(head, {
      content: [tool === undefined ? { type: "text", text: end.text } : toolUse(head, tool, inputOf(end.text))],
      stop_reason: stopReason(end, tool),
      stop_sequence: end.stopSequence ?? null,
      usage: { ...usageOf(end), service_tier: "standard" },
    }),
});

const TEXT_DELTA = '"type":"text_delta","text"';
const INPUT_DELTA = '"type":"input_json_delta","partial_json"';

function toolUse(head: AnswerHead, { name }: ForcedTool, input: unknown): object {
  return { type: "tool_use", id: `toolu_${head.id}`, name, input };
}

/** The API has no place for an input that is no JSON, because a cap cut it or a degradation broke it: it is empty then. Streams show its text. */
function inputOf(text: string): unknown {
  try {
    const input: unknown = JSON.parse(text);
    return input;
  } catch {
    return {};
  }
}
