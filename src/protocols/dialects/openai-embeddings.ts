import { completeUrl } from "../../base/index.ts";
import type { TurnRequest } from "../types.ts";
import type { Dialect } from "./dialect.ts";
import { noPlaceFor } from "./parts.ts";
import { WHOLE_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";

const RULES = {
  ...WHOLE_RULES,
  paths: wantedPaths({
    content: "$.data[0].embedding",
    error: "$.error",
    object: "$.object",
    model: "$.model",
    usage: "$.usage",
  }),
};

/**
 * OpenAI's embeddings. Each turn's prompt is embedded by itself, whatever was asked before; a prompt of several text parts is a batch. A vector is
 * an answer without text.
 */
export const openaiEmbeddings: Dialect = {
  name: "openai-embeddings",
  prepare(target) {
    return {
      url: completeUrl(new URL(target.url), "openai-embeddings"),
      rules: RULES,
      body: (turn) => JSON.stringify({ model: target.model, input: inputOf(turn), ...target.parameters }),
    };
  },
};

function inputOf({ messages, prompt }: TurnRequest): string | readonly string[] {
  const content = messages.at(-1)?.content ?? prompt;
  if (typeof content === "string") return content;
  return content.map((part) => {
    if (part.type !== "text") throw noPlaceFor(part.type, "openai-embeddings");
    return part.text;
  });
}
