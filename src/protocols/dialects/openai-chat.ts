import type { Target } from "../../plan/index.ts";
import type { Dialect } from "./dialect.ts";
import { openaiFormat, openaiMessages, openaiTools } from "./openai-messages.ts";
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

const STREAM = wantedPaths({
  ...COMMON,
  token: "$.choices[0].delta.content",
  refusal: "$.choices[0].delta.refusal",
  reasoning: "$.choices[0].delta.reasoning_content",
  reasoningOther: "$.choices[0].delta.reasoning",
  ...callsUnder("$.choices[0].delta.tool_calls"),
  functionCall: "$.choices[0].delta.function_call",
});

const WHOLE = wantedPaths({
  ...COMMON,
  token: "$.choices[0].message.content",
  refusal: "$.choices[0].message.refusal",
  reasoning: "$.choices[0].message.reasoning_content",
  reasoningOther: "$.choices[0].message.reasoning",
  ...callsUnder("$.choices[0].message.tool_calls"),
  functionCall: "$.choices[0].message.function_call",
});

/**
 * OpenAI's chat completions, as vLLM, SGLang, llama.cpp and the hosted services speak them. A delta of tool calls is an answer event: it is
 * stamped and counted, and adds nothing to the text; the calls are put together for whoever answers them. The plan's `parameters` win over every generated field; `stream: false` there asks
 * for one JSON answer, which has no token times.
 */
export const openaiChat: Dialect = {
  name: "openai-chat",
  prepare(target) {
    const parameters = target.parameters ?? {};
    const streamed = parameters["stream"] !== false;
    const ownLimit = "max_tokens" in parameters || "max_completion_tokens" in parameters;
    return {
      url: chatUrl(target),
      rules: {
        form: streamed ? "sse" : "json",
        paths: streamed ? STREAM : WHOLE,
        plain: false,
        finishEnds: false,
        needsFinish: streamed,
        countsUsage: true,
      },
      body: (turn) =>
        JSON.stringify({
          model: target.model,
          messages: openaiMessages(turn.messages),
          stream: streamed,
          stream_options: streamed ? { include_usage: true } : undefined,
          max_tokens: ownLimit ? undefined : turn.maxTokens,
          tools: openaiTools(turn.tools),
          response_format: openaiFormat(turn.responseFormat),
          ...parameters,
        }),
    };
  },
};

/** A server's root, its `/v1` (or `/v4`, ...), or the whole path of its chat completions. */
function chatUrl(target: Target): URL {
  const url = new URL(target.url);
  const path = url.pathname.replace(/\/+$/, "");
  if (/\/chat\/completions$/.test(path)) return url;
  url.pathname = /\/v\d+[a-z0-9]*$/.test(path) ? `${path}/chat/completions` : `${path}/v1/chat/completions`;
  return url;
}
