import { completeUrl } from "../../base/index.ts";
import type { Target } from "../../plan/index.ts";
import { listOf } from "../members.ts";
import type { TurnRequest } from "../types.ts";
import type { AnswerRules, Dialect } from "./dialect.ts";
import { eventsAlike, eventTypes, type WrittenEvent } from "./event-types.ts";
import { langchainMessages } from "./langchain-messages.ts";
import { STREAM_RULES } from "./rules.ts";
import { compileTemplate } from "./template.ts";

/** A chunk of a model's message, as LangChain writes it, at a path. */
const chunkAt = (at: string): WrittenEvent => ({
  token: `${at}.content`,
  refusal: [`${at}.content[0].text`],
  reasoning: `${at}.additional_kwargs.reasoning_content`,
  reasoningOther: [`${at}.content[0].thinking`, `${at}.content[0].reasoning`],
  toolCalls: `${at}.tool_call_chunks`,
  callIndex: `${at}.tool_call_chunks[0].index`,
  callId: `${at}.tool_call_chunks[0].id`,
  callName: `${at}.tool_call_chunks[0].name`,
  callArguments: `${at}.tool_call_chunks[0].args`,
  moreCalls: `${at}.tool_call_chunks[1]`,
  whole: `${at}.tool_calls`,
  finish: ["finish_reason", "stop_reason", "done_reason"].map((name) => `${at}.response_metadata.${name}`),
  model: [`${at}.response_metadata.model_name`, `${at}.response_metadata.model`],
  usage: `${at}.usage_metadata`,
});

/** Messages that are no model's: what tools answered, and what was asked. */
const OTHERS: Readonly<Record<string, WrittenEvent>> = {
  tool: { callAnswered: "$[0].tool_call_id" },
  ToolMessage: { callAnswered: "$[0].tool_call_id" },
  ToolMessageChunk: { callAnswered: "$[0].tool_call_id" },
};

const MESSAGES = eventTypes("$[0].type", {
  AIMessageChunk: chunkAt("$[0]"),
  ai: chunkAt("$[0]"),
  ...OTHERS,
});
const METADATA = eventsAlike({ responseId: "$.run_id" });
const EVENTS = eventTypes("$.event", {
  on_chat_model_stream: chunkAt("$.data.chunk"),
  on_llm_stream: { token: "$.data.chunk" },
});

const RUN: AnswerRules = {
  ...STREAM_RULES,
  needsFinish: false,
  // Messages that come in one piece have their calls here alone; in chunks these are as far as they can be read yet.
  whole: (calls) => ({ calls: listOf(calls) }),
  // Every call of a model in the run brings its own.
  addsUsage: true,
  named: { messages: MESSAGES, events: EVENTS, metadata: METADATA, end: eventsAlike({ ends: true }) },
};

/** LangServe: chunks of whatever the chain yields, text or messages. */
const SERVED: AnswerRules = {
  ...RUN,
  named: {
    data: eventTypes("$.type", { AIMessageChunk: chunkAt("$"), ai: chunkAt("$") }, { token: "$" }),
    metadata: METADATA,
    end: eventsAlike({ ends: true }),
  },
};
const SERVED_EVENTS: AnswerRules = { ...RUN, named: { data: EVENTS } };

/**
 * A run of the LangGraph platform, streamed as the chunks of its models' messages (`messages-tuple`); and LangServe's `/stream` and
 * `/stream_events`, for which the plan writes the request.
 */
export const langgraph: Dialect = {
  name: "langgraph",
  prepare(target) {
    const url = completeUrl(new URL(target.url), "langgraph");
    return { url, rules: rulesOf(url), body: bodyOf(target) };
  },
};

function rulesOf({ pathname }: URL): AnswerRules {
  if (pathname.endsWith("/stream_events")) return SERVED_EVENTS;
  return pathname.endsWith("/runs/stream") ? RUN : SERVED;
}

function bodyOf({ request, model, parameters }: Target): (turn: TurnRequest) => string {
  if (request !== undefined) return compileTemplate(request);
  return ({ messages }) =>
    JSON.stringify({
      assistant_id: model,
      input: { messages: langchainMessages(messages) },
      stream_mode: ["messages-tuple"],
      ...parameters,
    });
}
