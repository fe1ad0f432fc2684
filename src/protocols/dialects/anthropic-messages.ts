import { completeUrl } from "../../base/index.ts";
import type { TurnRequest } from "../types.ts";
import { anthropicMessageList, anthropicTools } from "./anthropic-blocks.ts";
import { readMessage } from "./anthropic-whole.ts";
import type { AnswerRules, Dialect } from "./dialect.ts";
import { eventTypes } from "./event-types.ts";
import { wantedOf } from "./openai-limits.ts";
import { systemOf } from "./responses-items.ts";
import { STREAM_RULES, WHOLE_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";

const STREAMED: AnswerRules = {
  ...STREAM_RULES,
  paths: wantedPaths({ error: "$.error" }),
  types: eventTypes("$.type", {
    content_block_delta: {
      token: "$.delta.text",
      reasoning: "$.delta.thinking",
      callIndex: "$.index",
      callArguments: "$.delta.partial_json",
    },
    content_block_start: { callIndex: "$.index", callId: "$.content_block.id", callName: "$.content_block.name" },
    message_start: { responseId: "$.message.id", model: "$.message.model", usage: "$.message.usage" },
    message_delta: { finish: "$.delta.stop_reason", usage: "$.usage" },
    message_stop: { ends: true },
  }),
};

const WHOLE: AnswerRules = { ...WHOLE_RULES, whole: readMessage };

/** The API has no answer without a limit. */
export const ANTHROPIC_MAX_TOKENS = 4096;

/** Anthropic's messages, as vLLM, llama.cpp and gateways serve them too. */
export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  prepare(target) {
    const { parameters, streamed, limit } = wantedOf(target, "max_tokens");
    return {
      url: completeUrl(new URL(target.url), "anthropic-messages"),
      rules: streamed ? STREAMED : WHOLE,
      headers: { "anthropic-version": "2023-06-01" },
      body: (turn: TurnRequest) =>
        JSON.stringify({
          model: target.model,
          max_tokens: limit(turn.maxTokens ?? ANTHROPIC_MAX_TOKENS),
          system: systemOf(turn.messages),
          messages: anthropicMessageList(turn.messages),
          stream: streamed,
          tools: anthropicTools(turn.tools),
          output_config:
            turn.responseFormat === undefined
              ? undefined
              : { format: { type: "json_schema", schema: turn.responseFormat.schema } },
          ...parameters,
        }),
    };
  },
};
