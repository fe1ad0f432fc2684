import { z } from "zod";
import { readJson } from "./body.ts";
import { contentField, identityFields, limit, samplingFields, textOf, toolMessages, vllmFields } from "./fields.ts";
import type { AnswerEnd, AnswerHead, Asked, Read, Wire } from "./types.ts";

const item = z.looseObject({
  type: z.string().optional(),
  role: z.enum(["system", "developer", "user", "assistant"]).optional(),
  content: contentField.optional(),
  output: z.unknown().optional(),
  arguments: z.string().optional(),
});

const format = z.union([
  z.object({ type: z.enum(["text", "json_object"]) }),
  z.looseObject({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) }),
]);

const { temperature, top_p } = samplingFields;
const schema = z.object({
  ...vllmFields,
  ...identityFields,
  temperature,
  top_p,
  model: z.string().nullish(),
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  max_output_tokens: limit,
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  text: z.looseObject({ format: format.nullish() }).nullish(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  truncation: z.enum(["auto", "disabled"]).nullish(),
  reasoning: z.looseObject({}).nullish(),
});
type Body = z.infer<typeof schema>;

export interface ResponsesReading {
  readonly asked: Asked;
  readonly wire: Wire;
  readonly previous: string | undefined;
  /** Keep the conversation, so that a later request can name this response as its previous one. */
  readonly store: boolean;
}

/** The id under which a response is kept. */
export function responseId(head: AnswerHead): string {
  return `resp_${head.id}`;
}

export function readOpenaiResponses(text: string): Read<ResponsesReading> {
  const read = readJson(schema, text);
  if (read.faults) return read;
  const body = read.value;
  const input =
    typeof body.input === "string"
      ? [{ role: "user", content: body.input }]
      : body.input.map((entry) => ({
          role: entry.role ?? (entry.type === "function_call" ? "assistant" : "tool"),
          content: textOf(entry.content) || (entry.arguments ?? stringOf(entry.output)),
        }));
  return {
    value: {
      asked: {
        model: body.model ?? undefined,
        messages: [
          ...toolMessages(body.tools),
          ...(body.instructions ? [{ role: "system", content: body.instructions }] : []),
          ...input,
        ],
        maxTokens: body.max_output_tokens ?? undefined,
        minTokens: body.min_tokens ?? undefined,
        ignoreEos: body.ignore_eos ?? false,
        json: jsonOf(body),
        stop: [],
        stream: body.stream ?? false,
        user: body.prompt_cache_key ?? body.user ?? body.safety_identifier ?? undefined,
        priority: body.priority ?? 0,
      },
      wire: openaiResponses(body),
      previous: body.previous_response_id ?? undefined,
      store: body.store ?? true,
    },
  };
}

function jsonOf(body: Body): unknown {
  const wanted = body.text?.format;
  if (wanted?.type === "json_object") return true;
  return wanted?.type === "json_schema" ? wanted.schema : undefined;
}

function stringOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Events of a stream before its first text. */
const OPENING_EVENTS = 4;

function openaiResponses(body: Body): Wire {
  return {
    stream(head) {
      const messageId = `msg_${head.id}`;
      const send = (type: string, sequence: number, fields: object): string =>
        `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
      const place = { output_index: 0, content_index: 0, item_id: messageId };
      const before = `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":`;
      const after = `,"output_index":0,"content_index":0,"item_id":"${messageId}","logprobs":[],"delta":`;
      return {
        open() {
          const response = responseOf(body, head, "in_progress", [], undefined);
          return [
            send("response.created", 0, { response }),
            send("response.in_progress", 1, { response }),
            send("response.output_item.added", 2, { output_index: 0, item: messageOf(head, "in_progress", []) }),
            send("response.content_part.added", 3, { ...place, part: outputText("") }),
          ].join("");
        },
        text: (text, _, index) => `${before}${OPENING_EVENTS + index}${after}${JSON.stringify(text)}}\n\n`,
        close(end, events) {
          const next = OPENING_EVENTS + events;
          const part = outputText(end.text);
          const status = statusOf(end);
          const finished = messageOf(head, status, [part]);
          return [
            send("response.output_text.done", next, { ...place, logprobs: [], text: end.text }),
            send("response.content_part.done", next + 1, { ...place, part }),
            send("response.output_item.done", next + 2, { output_index: 0, item: finished }),
            send(`response.${status}`, next + 3, { response: responseOf(body, head, status, [finished], end) }),
          ].join("");
        },
        broken: (failure, events) =>
          send("response.failed", OPENING_EVENTS + events, {
            response: {
              ...responseOf(body, head, "failed", [], undefined),
              error: {
                code: failure.status === 429 ? "rate_limit_exceeded" : "server_error",
                message: failure.message,
              },
            },
          }),
      };
    },
    whole(head, end) {
      const status = statusOf(end);
      return responseOf(body, head, status, [messageOf(head, status, [outputText(end.text)])], end);
    },
  };
}

function statusOf(end: AnswerEnd): "completed" | "incomplete" {
  return end.finish === "length" ? "incomplete" : "completed";
}

function outputText(text: string): object {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

function messageOf(head: AnswerHead, status: string, content: readonly object[]): object {
  return { id: `msg_${head.id}`, type: "message", status, role: "assistant", content };
}

function responseOf(
  body: Body,
  head: AnswerHead,
  status: string,
  output: readonly object[],
  end: AnswerEnd | undefined,
): object {
  return {
    id: responseId(head),
    object: "response",
    created_at: head.created,
    status,
    background: false,
    error: null,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: head.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    service_tier: "default",
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: body.text?.format ?? { type: "text" } },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? "disabled",
    usage: end === undefined ? null : usageOf(end),
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

function usageOf(end: AnswerEnd): object {
  return {
    input_tokens: end.inputTokens,
    input_tokens_details: { cached_tokens: end.cachedTokens },
    output_tokens: end.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: end.inputTokens + end.outputTokens,
  };
}
