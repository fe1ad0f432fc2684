import { z } from "zod";
import type { PromptMessage } from "../../answers/types.ts";
import { readJson } from "./body.ts";
import { contentField, textOf } from "./fields.ts";
import type { Read } from "./types.ts";

const schema = z.union([
  z.object({ prompt: z.string(), messages: z.undefined().optional() }),
  z.object({ messages: z.array(z.object({ role: z.string(), content: contentField.nullish() })).min(1) }),
]);

export interface TokenizeAsked {
  readonly text: string;
  /** Of a conversation: its template counts too. */
  readonly messages: readonly PromptMessage[] | undefined;
}

/** vLLM's POST /tokenize. */
export function readTokenize(body: string): Read<TokenizeAsked> {
  const read = readJson(schema, body);
  if (read.faults) return read;
  const { value } = read;
  if (value.messages === undefined) return { value: { text: value.prompt, messages: undefined } };
  const messages = value.messages.map(({ role, content }) => ({ role, content: textOf(content) }));
  return { value: { text: messages.map(({ content }) => content).join("\n"), messages } };
}
