import { z } from "zod";
import { readJson } from "./body.ts";
import { contentField, limit, openaiAsked, openaiFields, samplingFields, textOf, toolMessages } from "./fields.ts";
import { type ForcedTool, forcedTool, openaiForced, toolChoiceField } from "./forced-tool.ts";
import { callItem, type OutputItem, textItem } from "./responses-items.ts";
import { boundsFault } from "./token-bounds.ts";
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
  ...openaiFields,
  temperature,
  top_p,
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  max_output_tokens: limit,
  store: z.boolean().nullish(),
  text: z.looseObject({ format: format.nullish() }).nullish(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: toolChoiceField,
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
  const tool = forcedTool(body.tools, openaiForced(body.tool_choice));
  if (tool.faults) return tool;
  const bounds = { maxTokens: body.max_output_tokens ?? undefined, minTokens: body.min_tokens ?? undefined };
  const faults = boundsFault(bounds, "max_output_tokens");
  if (faults) return { faults };
  return {
    value: {
      asked: {
        ...openaiAsked(body),
        messages: [
          ...toolMessages(body.tools),
          ...(body.instructions ? [{ role: "system", content: body.instructions }] : []),
          ...input,
        ],
        ...bounds,
        json: tool.value?.parameters ?? jsonOf(body),
        stop: [],
      },
      wire: openaiResponses(body, tool.value),
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

/** `response.created` and `response.in_progress`. */
const FIRST_EVENTS = 2;

function openaiResponses(body: Body, tool: ForcedTool | undefined): Wire {
  const itemOf = (head: AnswerHead): OutputItem => (tool === undefined ? textItem(head) : callItem(head, tool));
  return {
    stream(head) {
      const item = itemOf(head);
      const opening = FIRST_EVENTS + item.opening.length;
      const send = (type: string, sequence: number, fields: object): string =>
        `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
      const { type, fields } = item.delta;
      const before = `event: ${type}\ndata: {"type":"${type}","sequence_number":`;
      const after = `,${JSON.stringify(fields).slice(1, -1)},"delta":`;
      return {
        open() {
          const response = responseOf(body, head, "in_progress", [], undefined);
          return [
            send("response.created", 0, { response }),
            send("response.in_progress", 1, { response }),
            ...item.opening.map((event, index) => send(event.type, FIRST_EVENTS + index, event.fields)),
          ].join("");
        },
        text: (text, _, index) => `${before}${opening + index}${after}${JSON.stringify(text)}}\n\n`,
        close(end, events) {
          const next = opening + events;
          const status = statusOf(end);
          const closing = item.closing(end.text, status);
          const response = responseOf(body, head, status, [item.whole(end.text, status)], end);
          return [
            ...closing.map((event, index) => send(event.type, next + index, event.fields)),
            send(`response.${status}`, next + closing.length, { response }),
          ].join("");
        },
        broken: (failure, events) =>
          send("response.failed", opening + events, {
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
      return responseOf(body, head, status, [itemOf(head).whole(end.text, status)], end);
    },
  };
}

function statusOf(end: AnswerEnd): "completed" | "incomplete" {
  return end.finish === "length" ? "incomplete" : "completed";
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
