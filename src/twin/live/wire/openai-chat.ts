import { z } from "zod";
import { readJson } from "./body.ts";
import { errorOf, openaiErrors } from "./errors.ts";
import {
  contentField,
  guidedJson,
  limit,
  MOST_LOGPROBS,
  openaiAsked,
  openaiFields,
  samplingFields,
  stopField,
  stopsOf,
  streamOptions,
  textOf,
  toolMessages,
} from "./fields.ts";
import { type ForcedTool, forcedTool, openaiForced, toolChoiceField } from "./forced-tool.ts";
import { event } from "./sse.ts";
import { boundsFault } from "./token-bounds.ts";
import type { AnswerEnd, AnswerHead, Read, Reading, Wire } from "./types.ts";
import { completionUsage } from "./usage.ts";

const message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: contentField.nullish(),
  tool_calls: z.array(z.looseObject({ function: z.looseObject({ arguments: z.string() }).optional() })).nullish(),
});

const responseFormat = z.union([
  z.object({ type: z.enum(["text", "json_object"]) }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({ name: z.string(), schema: z.record(z.string(), z.unknown()).optional() }),
  }),
]);

const schema = z.object({
  ...samplingFields,
  ...openaiFields,
  messages: z.array(message).min(1),
  stream_options: streamOptions,
  max_tokens: limit,
  max_completion_tokens: limit,
  stop: stopField,
  response_format: responseFormat.nullish(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: toolChoiceField,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(MOST_LOGPROBS).nullish(),
});

export function readOpenaiChat(text: string): Read<Reading> {
  const read = readJson(schema, text);
  if (read.faults) return read;
  const body = read.value;
  const usage = body.stream_options?.include_usage ?? false;
  const tool = forcedTool(body.tools, openaiForced(body.tool_choice));
  if (tool.faults) return tool;
  const bounds = {
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    minTokens: body.min_tokens ?? undefined,
  };
  const faults = boundsFault(bounds, body.max_completion_tokens ? "max_completion_tokens" : "max_tokens");
  if (faults) return { faults };
  return {
    value: {
      asked: {
        ...openaiAsked(body),
        messages: [
          ...toolMessages(body.tools),
          ...body.messages.map(({ role, content, tool_calls }) => ({
            role,
            content: textOf(content) || (tool_calls ?? []).map((call) => call.function?.arguments ?? "").join("\n"),
          })),
        ],
        ...bounds,
        json: tool.value?.parameters ?? jsonOf(body.response_format) ?? guidedJson(body),
        stop: stopsOf(body.stop),
      },
      wire: openaiChat(usage, usage && (body.stream_options?.continuous_usage_stats ?? false), tool.value),
    },
  };
}

function jsonOf(format: z.infer<typeof responseFormat> | null | undefined): unknown {
  if (format?.type === "json_object") return true;
  return format?.type === "json_schema" ? (format.json_schema.schema ?? true) : undefined;
}

/** `continuous`: usage in every chunk, as vLLM's continuous_usage_stats asks. */
function openaiChat(includeUsage: boolean, continuous: boolean, tool: ForcedTool | undefined): Wire {
  return {
    stream(head) {
      const labels = chunkLabels(head);
      const chunk = (delta: string, finish: string, usage: string): string =>
        `data: {${labels},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${usage}}\n\n`;
      const noUsage = includeUsage ? ',"usage":null' : "";
      const delta =
        tool === undefined ? ['{"content":', "}"] : ['{"tool_calls":[{"index":0,"function":{"arguments":', "}}]}"];
      const before = `data: {${labels},"choices":[{"index":0,"delta":${delta[0]}`;
      const after = `${delta[1]},"logprobs":null,"finish_reason":null}]`;
      const opening = JSON.stringify(
        tool === undefined
          ? { role: "assistant", content: "", refusal: null }
          : {
              role: "assistant",
              content: null,
              refusal: null,
              tool_calls: [{ index: 0, ...toolCall(head, tool, "") }],
            },
      );
      const usageText = (outputTokens: number): string =>
        continuous ? `,"usage":${JSON.stringify(completionUsage({ ...head, outputTokens }))}` : noUsage;
      return {
        open: () => chunk(opening, "null", usageText(0)),
        text: (text, outputTokens) => `${before}${JSON.stringify(text)}${after}${usageText(outputTokens)}}\n\n`,
        close(end) {
          const last = chunk("{}", JSON.stringify(finishOf(end, tool)), usageText(end.outputTokens));
          const usage = `data: {${labels},"choices":[],"usage":${JSON.stringify(completionUsage(end))}}\n\n`;
          return `${last}${includeUsage ? usage : ""}data: [DONE]\n\n`;
        },
        broken: (failure) => event(openaiErrors.body(errorOf(failure), head.id)),
      };
    },
    whole: (head, end) => ({
      id: `chatcmpl-${head.id}`,
      object: "chat.completion",
      created: head.created,
      model: head.model,
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            refusal: null,
            annotations: [],
            ...(tool === undefined
              ? { content: end.text }
              : { content: null, tool_calls: [toolCall(head, tool, end.text)] }),
          },
          logprobs: null,
          finish_reason: finishOf(end, tool),
        },
      ],
      usage: completionUsage(end),
      service_tier: "default",
      system_fingerprint: head.fingerprint,
    }),
  };
}

function toolCall(head: AnswerHead, { name }: ForcedTool, text: string): object {
  return { id: `call_${head.id}`, type: "function", function: { name, arguments: text } };
}

/** A call that the request names ends with `stop`, at OpenAI as in vLLM: the model did not decide on it. */
function finishOf({ finish }: AnswerEnd, tool: ForcedTool | undefined): string {
  return tool === undefined || tool.named || finish === "length" ? finish : "tool_calls";
}

function chunkLabels(head: AnswerHead): string {
  return [
    `"id":"chatcmpl-${head.id}","object":"chat.completion.chunk","created":${head.created}`,
    `"model":${JSON.stringify(head.model)},"service_tier":"default","system_fingerprint":"${head.fingerprint}"`,
  ].join(",");
}
