import { completeUrl } from "../../base/index.ts";
import { parsePath } from "../skim/index.ts";
import type { AnswerRules, Dialect } from "./dialect.ts";
import { eventTypes } from "./event-types.ts";
import { wantedOf } from "./openai-limits.ts";
import { responsesFormat, responsesInput, responsesTools, systemOf } from "./responses-items.ts";
import { readResponse } from "./responses-whole.ts";
import { STREAM_RULES, WHOLE_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";

const ENDED = {
  usage: "$.response.usage",
  model: "$.response.model",
  responseId: "$.response.id",
  ends: true,
} as const;
const CALL = { callIndex: "$.output_index", callArguments: "$.delta" } as const;

const STREAMED: AnswerRules = {
  ...STREAM_RULES,
  paths: wantedPaths({ error: "$.error" }),
  types: eventTypes("$.type", {
    "response.output_text.delta": { token: "$.delta" },
    "response.refusal.delta": { token: "$.delta" },
    "response.reasoning_text.delta": { reasoning: "$.delta" },
    "response.reasoning_summary_text.delta": { reasoning: "$.delta" },
    "response.function_call_arguments.delta": CALL,
    "response.custom_tool_call_input.delta": CALL,
    "response.output_item.added": { callIndex: "$.output_index", callId: "$.item.call_id", callName: "$.item.name" },
    "response.created": { model: "$.response.model", responseId: "$.response.id" },
    "response.completed": { ...ENDED, finish: "$.response.status" },
    "response.incomplete": { ...ENDED, finish: "$.response.incomplete_details.reason" },
    "response.failed": { ...ENDED, finish: "$.response.status", error: "$.response.error" },
    error: { error: "$.message" },
  }),
  varying: ["$.sequence_number", "$.obfuscation"].map(parsePath),
};

const WHOLE: AnswerRules = { ...WHOLE_RULES, whole: readResponse };

/**
 * OpenAI's responses. With `store: true` among the plan's parameters each turn names the response before it and sends what is new;
 * otherwise the whole conversation goes with each turn.
 */
export const openaiResponses: Dialect = {
  name: "openai-responses",
  prepare(target) {
    const { parameters, streamed, limit } = wantedOf(target, "max_output_tokens");
    const kept = parameters["store"] === true;
    return {
      url: completeUrl(new URL(target.url), "openai-responses"),
      rules: streamed ? STREAMED : WHOLE,
      body: (turn) => {
        const previous = kept ? turn.previousId : undefined;
        return JSON.stringify({
          model: target.model,
          instructions: systemOf(turn.messages),
          input: responsesInput(turn.messages, previous !== undefined),
          previous_response_id: previous,
          stream: streamed,
          max_output_tokens: limit(turn.maxTokens),
          tools: responsesTools(turn.tools),
          text: responsesFormat(turn.responseFormat),
          ...parameters,
        });
      },
    };
  },
};
