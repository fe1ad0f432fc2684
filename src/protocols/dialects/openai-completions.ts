import { completeUrl } from "../../base/index.ts";
import { parsePath } from "../skim/index.ts";
import type { Dialect } from "./dialect.ts";
import { flatPrompt } from "./flat-prompt.ts";
import { wantedOf } from "./openai-limits.ts";
import { STREAM_RULES, WHOLE_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";

const PATHS = wantedPaths({
  token: "$.choices[0].text",
  finish: "$.choices[0].finish_reason",
  error: "$.error",
  object: "$.object",
  model: "$.model",
  fingerprint: "$.system_fingerprint",
  usage: "$.usage",
  responseId: "$.id",
});
const STREAMED = { ...STREAM_RULES, paths: PATHS, varying: [parsePath("$.obfuscation")] };
const WHOLE = { ...WHOLE_RULES, paths: PATHS };

/** OpenAI's text completions, as vLLM, SGLang and llama.cpp serve them too. The prompt is the conversation's text, without a chat template. */
export const openaiCompletions: Dialect = {
  name: "openai-completions",
  prepare(target) {
    const { parameters, streamed, limit } = wantedOf(target, "max_tokens");
    return {
      url: completeUrl(new URL(target.url), "openai-completions"),
      rules: streamed ? STREAMED : WHOLE,
      body: (turn) =>
        JSON.stringify({
          model: target.model,
          prompt: flatPrompt(turn.messages, "openai-completions"),
          stream: streamed,
          stream_options: streamed ? { include_usage: true } : undefined,
          max_tokens: limit(turn.maxTokens),
          ...parameters,
        }),
    };
  },
};
