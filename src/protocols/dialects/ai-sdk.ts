import { completeUrl } from "../../base/index.ts";
import { aiSdkBody } from "./ai-sdk-request.ts";
import type { AnswerRules, Dialect } from "./dialect.ts";
import { eventsAlike, eventTypes } from "./event-types.ts";
import { STREAM_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";

const CALL = { callId: "$.toolCallId", callName: "$.toolName" } as const;
const ANSWERED = { callAnswered: "$.toolCallId" } as const;
/** Applications put it where they like in the metadata; these are the usual names. */
const METADATA = {
  usage: ["$.messageMetadata.usage", "$.messageMetadata.totalUsage"],
  model: "$.messageMetadata.model",
} as const;

/** Lines of a code and JSON: what versions before 5 send. */
const DATA_STREAM: AnswerRules = {
  ...STREAM_RULES,
  form: "lines",
  named: {
    "0": eventsAlike({ token: "$" }),
    g: eventsAlike({ reasoning: "$" }),
    "3": eventsAlike({ error: "$" }),
    "9": eventsAlike({ ...CALL, callInput: "$.args" }),
    a: eventsAlike(ANSWERED),
    b: eventsAlike(CALL),
    c: eventsAlike({ callId: "$.toolCallId", callArguments: "$.argsTextDelta" }),
    f: eventsAlike({ responseId: "$.messageId" }),
    d: eventsAlike({ finish: "$.finishReason", usage: "$.usage" }),
  },
};

const RULES: AnswerRules = {
  ...STREAM_RULES,
  paths: wantedPaths({ error: "$.error" }),
  types: eventTypes("$.type", {
    "text-delta": { token: "$.delta" },
    "reasoning-delta": { reasoning: "$.delta" },
    "tool-input-start": CALL,
    "tool-input-delta": { callId: "$.toolCallId", callArguments: "$.inputTextDelta" },
    "tool-input-available": { ...CALL, callInput: "$.input" },
    "tool-output-available": ANSWERED,
    "tool-output-error": ANSWERED,
    "tool-output-denied": ANSWERED,
    start: { responseId: "$.messageId", ...METADATA },
    "message-metadata": METADATA,
    finish: { finish: ["$.finishReason", "$.messageMetadata.finishReason"], ...METADATA, ends: true },
    error: { error: "$.errorText" },
    abort: { error: "$.type" },
  }),
  otherwise: DATA_STREAM,
};

/** The Vercel AI SDK's UI message stream, which `useChat` reads, and the data stream that it read before version 5. */
export const aiSdk: Dialect = {
  name: "ai-sdk",
  prepare: (target) => ({
    url: completeUrl(new URL(target.url), "ai-sdk"),
    rules: RULES,
    headers: { accept: "text/event-stream, text/plain" },
    body: aiSdkBody(target),
  }),
};
