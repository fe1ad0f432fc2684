import { listOf, member } from "../members.ts";
import { parsePath } from "../skim/index.ts";
import type { TurnRequest } from "../types.ts";
import type { WholeAnswer } from "../whole-answer.ts";
import { agUiMessages } from "./ag-ui-messages.ts";
import type { AnswerRules, Dialect } from "./dialect.ts";
import { eventTypes } from "./event-types.ts";
import { STREAM_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";
import { compileTemplate, uuid } from "./template.ts";

const CALL = { callId: "$.toolCallId", callName: "$.toolCallName" } as const;

const RULES: AnswerRules = {
  ...STREAM_RULES,
  paths: wantedPaths({ error: "$.error" }),
  types: eventTypes("$.type", {
    TEXT_MESSAGE_CONTENT: { token: "$.delta" },
    TEXT_MESSAGE_CHUNK: { token: "$.delta" },
    REASONING_MESSAGE_CONTENT: { reasoning: "$.delta" },
    REASONING_MESSAGE_CHUNK: { reasoning: "$.delta" },
    THINKING_TEXT_MESSAGE_CONTENT: { reasoning: "$.delta" },
    TOOL_CALL_START: CALL,
    TOOL_CALL_ARGS: { callId: "$.toolCallId", callArguments: "$.delta" },
    TOOL_CALL_CHUNK: { ...CALL, callArguments: "$.delta" },
    TOOL_CALL_RESULT: { callAnswered: "$.toolCallId" },
    RUN_STARTED: { responseId: "$.runId" },
    RUN_FINISHED: { finish: "$.outcome.type", whole: "$.usage", ends: true },
    RUN_ERROR: { error: "$.message" },
  }),
  varying: [parsePath("$.timestamp")],
  whole: readUsage,
};

/** AG-UI: an agent's events, as server-sent events. */
export const agUi: Dialect = {
  name: "ag-ui",
  prepare: ({ url, request, parameters }) => ({
    url: new URL(url),
    rules: RULES,
    body:
      request === undefined ? (turn) => JSON.stringify({ ...runInput(turn), ...parameters }) : compileTemplate(request),
  }),
};

function runInput(turn: TurnRequest): object {
  return {
    threadId: turn.sessionId,
    runId: uuid(turn),
    state: {},
    messages: agUiMessages(turn.messages),
    tools: (turn.tools ?? []).map(({ name, description = "", parameters = {} }) => ({ name, description, parameters })),
    context: [],
    forwardedProps: {},
  };
}

const COUNTS = ["inputTokens", "cachedInputTokens", "outputTokens", "reasoningTokens"] as const;

/** Usage has an entry for each model that the run called; the answer's is their sum. */
function readUsage(entries: unknown): WholeAnswer {
  const usage: Record<string, number> = {};
  for (const name of COUNTS) {
    const said = listOf(entries)
      .map((entry) => member(entry, name))
      .filter((count) => typeof count === "number");
    if (said.length > 0) usage[name] = said.reduce((sum, count) => sum + count, 0);
  }
  return { usage };
}
