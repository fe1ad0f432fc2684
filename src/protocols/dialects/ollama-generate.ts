import { completeUrl } from "../../base/index.ts";
import { contentText } from "../messages.ts";
import type { TurnRequest } from "../types.ts";
import type { Dialect } from "./dialect.ts";
import { ollamaImages, ollamaOptions, ollamaRules } from "./ollama.ts";
import { wantedOf } from "./openai-limits.ts";
import { systemOf } from "./responses-items.ts";

const CONTENT = { token: "$.response", reasoning: "$.thinking" };
const STREAMED = ollamaRules(true, CONTENT);
const WHOLE = ollamaRules(false, CONTENT);

/** Ollama's generate: lines of JSON. The prompt is the conversation's text, a paragraph a message, to which the server adds its template. */
export const ollamaGenerate: Dialect = {
  name: "ollama-generate",
  prepare(target) {
    const wanted = wantedOf(target);
    return {
      url: completeUrl(new URL(target.url), "ollama-generate"),
      rules: wanted.streamed ? STREAMED : WHOLE,
      body: (turn) =>
        JSON.stringify({
          model: target.model,
          ...promptOf(turn),
          stream: wanted.streamed,
          format: turn.responseFormat?.schema,
          ...wanted.parameters,
          options: ollamaOptions(wanted, turn),
        }),
    };
  },
};

function promptOf({ messages }: TurnRequest): object {
  const spoken = messages.filter(({ role }) => role !== "system");
  const images = spoken.flatMap(({ content }) => ollamaImages(content));
  return {
    system: systemOf(messages),
    prompt: spoken.map(({ content }) => contentText(content)).join("\n\n"),
    images: images.length === 0 ? undefined : images,
  };
}
