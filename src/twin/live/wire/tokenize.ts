import { z } from "zod";
import { PLAIN_TEXT, splitTokens } from "../../answers/index.ts";
import type { PromptMessage } from "../../answers/types.ts";
import { readJson } from "./body.ts";
import { contentField, textOf } from "./fields.ts";
import type { Read } from "./types.ts";

const schema = z.union([
  z.object({ prompt: z.string(), messages: z.undefined().optional() }),
  z.object({ messages: z.array(z.object({ role: z.string(), content: contentField.nullish() })).min(1) }),
]);

export interface TokenizeAsked {
  /** What is counted, marks of its template included: a conversation, or a text that no template goes around. */
  readonly messages: readonly PromptMessage[];
  /** Of the texts alone, but for the mark that begins every prompt. */
  readonly tokens: readonly string[];
}

const BEGIN = "<|begin_of_text|>";

/** vLLM's POST /tokenize. */
export function readTokenize(body: string): Read<TokenizeAsked> {
  const read = readJson(schema, body);
  if (read.faults) return read;
  const { value } = read;
  const messages =
    value.messages === undefined
      ? [{ role: PLAIN_TEXT, content: value.prompt }]
      : value.messages.map(({ role, content }) => ({ role, content: textOf(content) }));
  return { value: { messages, tokens: [BEGIN, ...messages.flatMap(({ content }) => splitTokens(content))] } };
}
