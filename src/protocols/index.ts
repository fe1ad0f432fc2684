export { type ClientOptions, createClient } from "./client.ts";
export { clipReason } from "./errors.ts";
export { newExchange, noteSilence, resetExchange } from "./exchange.ts";
export { fnv1a64 } from "./fnv.ts";
export { contentText, messageText } from "./messages.ts";
export {
  CLOSED_BEFORE_ANSWER,
  CLOSED_IN_BODY,
  errorInStream,
  finishedWith,
  LEFT,
  refusedWith,
} from "./outcome.ts";
export { probeConnect } from "./probe.ts";
export { Reader, readingTime } from "./reader.ts";
export { nextDeadline, passedDeadline, type Waiting } from "./transport/deadlines.ts";
export type {
  ChatMessage,
  Client,
  ContentPart,
  Exchange,
  GapSink,
  Handle,
  ResponseFormat,
  ToolCall,
  ToolDefinition,
  TurnRequest,
  WireRequest,
} from "./types.ts";
export type { Verdict } from "./verdict.ts";
