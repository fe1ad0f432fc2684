import { z } from "zod";
import { readJson } from "./body.ts";
import { errorOf, openaiErrors } from "./errors.ts";
import { limit } from "./fields.ts";
import { event } from "./sse.ts";
import type { Read, Wire } from "./types.ts";
import { completionUsage } from "./usage.ts";

const schema = z.object({
  session: z.string().min(1).max(200),
  message: z.string(),
  max_tokens: limit,
  model: z.string().nullish(),
});

/** An application's own endpoint: a session, and what its user says. */
export interface PlainChat {
  readonly session: string;
  readonly message: string;
  readonly maxTokens: number | undefined;
  readonly model: string | undefined;
}

export function readPlainChat(text: string): Read<PlainChat> {
  const read = readJson(schema, text);
  if (read.faults) return read;
  const { session, message, max_tokens, model } = read.value;
  return { value: { session, message, maxTokens: max_tokens ?? undefined, model: model ?? undefined } };
}

export const plainChat: Wire = {
  stream: (head) => ({
    open: () => "",
    text: (text) => `data: {"delta":${JSON.stringify(text)}}\n\n`,
    close: (end) => event({ finish_reason: end.finish, usage: completionUsage(end), model: head.model }),
    broken: (failure) => event(openaiErrors.body(errorOf(failure), head.id)),
  }),
  whole: (head, end) => ({
    answer: end.text,
    finish_reason: end.finish,
    usage: completionUsage(end),
    model: head.model,
  }),
};
