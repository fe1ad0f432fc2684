import { completeUrl } from "../../base/index.ts";
import { parsePath } from "../skim/index.ts";
import type { AnswerRules, Dialect } from "./dialect.ts";
import { wantedOf } from "./openai-limits.ts";
import { openaiFormat, openaiMessages, openaiTools } from "./openai-messages.ts";
import { STREAM_RULES, WHOLE_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";

const COMMON = {
  finish: "$.choices[0].finish_reason",
  error: "$.error",
  object: "$.object",
  model: "$.model",
  fingerprint: "$.system_fingerprint",
  usage: "$.usage",
  responseId: "$.id",
};

/** The first tool call under a list of them. */
const callsUnder = (list: string) => ({
  toolCalls: list,
  callIndex: `${list}[0].index`,
  callId: `${list}[0].id`,
  callName: `${list}[0].function.name`,
  callArguments: `${list}[0].function.arguments`,
  moreCalls: `${list}[1]`,
});

const STREAMED: AnswerRules = {
  ...STREAM_RULES,
  paths: wantedPaths({
    ...COMMON,
    token: "$.choices[0].delta.content",
    refusal: "$.choices[0].delta.refusal",
    reasoning: "$.choices[0].delta.reasoning_content",
    reasoningOther: "$.choices[0].delta.reasoning",
    ...callsUnder("$.choices[0].delta.tool_calls"),
    functionCall: "$.choices[0].delta.function_call",
  }),
  // Padding against eavesdroppers who tell tokens by the length of their packets.
  varying: [parsePath("$.obfuscation")],
};

const WHOLE: AnswerRules = {
  ...WHOLE_RULES,
  paths: wantedPaths({
    ...COMMON,
    token: "$.choices[0].message.content",
    refusal: "$.choices[0].message.refusal",
    reasoning: "$.choices[0].message.reasoning_content",
    reasoningOther: "$.choices[0].message.reasoning",
    ...callsUnder("$.choices[0].message.tool_calls"),
    functionCall: "$.choices[0].message.function_call",
  }),
};

/**
 * OpenAI's chat completions, as vLLM, SGLang, llama.cpp and the hosted services speak them. A delta of tool calls is an answer event: it is
 * stamped and counted, and adds nothing to the text; the calls are put together for whoever answers them. The plan's `parameters` win over every generated field; `stream: false` there asks
 * for one JSON answer, which has no token times.
 */
export const openaiChat: Dialect = {
  name: "openai-chat",
  prepare(target) {
    const { parameters, streamed, limit } = wantedOf(target, "max_tokens", "max_completion_tokens");
    return {
      url: completeUrl(new URL(target.url), "openai-chat"),
      rules: streamed ? STREAMED : WHOLE,
      body: (turn) =>
        JSON.stringify({
          model: target.model,
          messages: openaiMessages(turn.messages),
          stream: streamed,
          stream_options: streamed ? { include_usage: true } : undefined,
          max_tokens: limit(turn.maxTokens),
          tools: openaiTools(turn.tools),
          response_format: openaiFormat(turn.responseFormat),
          ...parameters,
        }),
    };
  },
};
