export { type ClientOptions, createClient } from "./client.ts";
export { clipReason } from "./errors.ts";
export { newExchange, resetExchange } from "./exchange.ts";
export { fnv1a64 } from "./fnv.ts";
export { probeConnect } from "./probe.ts";
export { nextDeadline, type Passed, passedDeadline, type Waiting } from "./transport/deadlines.ts";
export type {
  ChatMessage,
  Client,
  Exchange,
  GapSink,
  Handle,
  TurnRequest,
  WireRequest,
} from "./types.ts";
