import { z } from "zod";
import { readJson } from "./body.ts";
import { anthropicErrors, errorOf } from "./errors.ts";
import { contentField, textOf, toolMessages, vllmFields } from "./fields.ts";
import { namedEvent } from "./sse.ts";
import type { AnswerEnd, AnswerHead, Read, Reading, Wire } from "./types.ts";

const schema = z.object({
  ...vllmFields,
  model: z.string(),
  max_tokens: z.int().min(1),
  messages: z.array(z.object({ role: z.enum(["user", "assistant", "system"]), content: contentField })).min(1),
  system: contentField.nullish(),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).max(16).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().nullish(),
  tools: z.array(z.looseObject({})).nullish(),
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
  const system = textOf(body.system);
  return {
    value: {
      asked: {
        model: body.model,
        messages: [
          ...toolMessages(body.tools),
          ...(system === "" ? [] : [{ role: "system", content: system }]),
          ...body.messages.map(({ role, content }) => ({ role, content: textOf(content) })),
        ],
        maxTokens: body.max_tokens,
        minTokens: body.min_tokens ?? undefined,
        ignoreEos: body.ignore_eos ?? false,
        json: body.output_config?.format?.schema,
        stop: (body.stop_sequences ?? []).filter((stop) => stop !== ""),
        stream: body.stream ?? false,
        user: body.metadata?.user_id ?? undefined,
        priority: body.priority ?? 0,
      },
      wire: anthropicMessages,
    },
  };
}

function stopReason(end: AnswerEnd): string {
  if (end.stopSequence !== undefined) return "stop_sequence";
  return end.finish === "length" ? "max_tokens" : "end_turn";
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

const anthropicMessages: Wire = {
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
      namedEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
      namedEvent("ping"),
    text: (text) =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`,
    close: (end) =>
      namedEvent("content_block_stop", { index: 0 }) +
      namedEvent("message_delta", {
        delta: { stop_reason: stopReason(end), stop_sequence: end.stopSequence ?? null },
        usage: usageOf(end),
      }) +
      namedEvent("message_stop"),
    broken: (failure) =>
      `event: error\ndata: ${JSON.stringify(anthropicErrors.body(errorOf(failure), `req_${head.id}`))}\n\n`,
  }),
  whole: (head, end) =>
    message(head, {
      content: [{ type: "text", text: end.text }],
      stop_reason: stopReason(end),
      stop_sequence: end.stopSequence ?? null,
      usage: { ...usageOf(end), service_tier: "standard" },
    }),
};
