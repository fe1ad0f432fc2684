import { z } from "zod";
import { PLAIN_TEXT } from "../../answers/index.ts";
import { readJson } from "./body.ts";
import { errorOf, openaiErrors } from "./errors.ts";
import {
  guidedJson,
  limit,
  MOST_LOGPROBS,
  openaiAsked,
  openaiFields,
  samplingFields,
  stopField,
  stopsOf,
  streamOptions,
} from "./fields.ts";
import { event } from "./sse.ts";
import { boundsFault } from "./token-bounds.ts";
import type { BodyFault, Read, Reading, Wire } from "./types.ts";
import { completionUsage } from "./usage.ts";

/** One prompt that is not text: of its tokens only their number and their identity are known. */
export const tokenIds = z.array(z.int().min(0)).min(1);
const SEVERAL_PROMPTS: BodyFault = {
  code: "invalid_value",
  param: "prompt",
  message: "Invalid value for 'prompt': this server takes one prompt a request; send a request for each of several.",
};
const schema = z.object({
  ...samplingFields,
  ...openaiFields,
  prompt: z.union([z.string(), tokenIds, z.array(z.string()).min(1), z.array(tokenIds).min(1)]),
  stream_options: streamOptions,
  max_tokens: limit,
  stop: stopField,
  echo: z.boolean().nullish(),
  suffix: z.string().nullish(),
  best_of: z.literal(1, "this server gives one answer").nullish(),
  logprobs: z.int().min(0).max(MOST_LOGPROBS).nullish(),
});

/** What OpenAI and vLLM take where max_tokens is not given. */
const DEFAULT_MAX_TOKENS = 16;

export function readOpenaiCompletions(text: string): Read<Reading> {
  const read = readJson(schema, text);
  if (read.faults) return read;
  const body = read.value;
  if (typeof body.prompt !== "string" && typeof body.prompt[0] !== "number" && body.prompt.length > 1)
    return { faults: [SEVERAL_PROMPTS] };
  const prompt = promptText(body.prompt);
  const includeUsage = body.stream_options?.include_usage ?? false;
  const bounds = { maxTokens: body.max_tokens ?? DEFAULT_MAX_TOKENS, minTokens: body.min_tokens ?? undefined };
  const faults = boundsFault(bounds, body.max_tokens ? "max_tokens" : "the default max_tokens");
  if (faults) return { faults };
  return {
    value: {
      asked: {
        ...openaiAsked(body),
        messages: [{ role: PLAIN_TEXT, content: prompt }],
        ...bounds,
        json: guidedJson(body),
        stop: stopsOf(body.stop),
      },
      wire: openaiCompletions(includeUsage, body.echo ? prompt : ""),
    },
  };
}

export function promptText(prompt: string | readonly (string | number | readonly number[])[]): string {
  if (typeof prompt === "string") return prompt;
  const [first] = prompt;
  if (typeof first === "string") return first;
  return (Array.isArray(first) ? first : prompt).map((id) => ` ${id}`).join("");
}

function openaiCompletions(includeUsage: boolean, echo: string): Wire {
  const choice = (text: string, finish: string | null): object => ({
    index: 0,
    text,
    logprobs: null,
    finish_reason: finish,
  });
  return {
    stream(head) {
      const labels = `"id":"cmpl-${head.id}","object":"text_completion","created":${head.created},"model":${JSON.stringify(head.model)},"system_fingerprint":"${head.fingerprint}"`;
      const usage = includeUsage ? ',"usage":null' : "";
      const chunk = (text: string, finish: string | null): string =>
        `data: {${labels},"choices":[${JSON.stringify(choice(text, finish))}]${usage}}\n\n`;
      const before = `data: {${labels},"choices":[{"index":0,"text":`;
      const after = `,"logprobs":null,"finish_reason":null}]${usage}}\n\n`;
      return {
        open: () => (echo === "" ? "" : chunk(echo, null)),
        text: (text) => `${before}${JSON.stringify(text)}${after}`,
        close: (end) =>
          `${chunk("", end.finish)}${includeUsage ? `data: {${labels},"choices":[],"usage":${JSON.stringify(completionUsage(end))}}\n\n` : ""}data: [DONE]\n\n`,
        broken: (failure) => event(openaiErrors.body(errorOf(failure), head.id)),
      };
    },
    whole: (head, end) => ({
      id: `cmpl-${head.id}`,
      object: "text_completion",
      created: head.created,
      model: head.model,
      choices: [choice(echo + end.text, end.finish)],
      usage: completionUsage(end),
      system_fingerprint: head.fingerprint,
    }),
  };
}
