import { completeUrl } from "../../base/index.ts";
import type { Dialect } from "./dialect.ts";
import { WHOLE_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";

const RULES = {
  ...WHOLE_RULES,
  paths: wantedPaths({
    content: ["$.data[0]"],
    token: "$.data[0].revised_prompt",
    error: "$.error",
    usage: "$.usage",
  }),
};

/** OpenAI's image generation, one JSON answer. The picture is an answer without text; `n`, `size` and the like are the plan's parameters. */
export const openaiImages: Dialect = {
  name: "openai-images",
  prepare(target) {
    return {
      url: completeUrl(new URL(target.url), "openai-images"),
      rules: RULES,
      body: (turn) => JSON.stringify({ model: target.model, prompt: turn.prompt, ...target.parameters }),
    };
  },
};
