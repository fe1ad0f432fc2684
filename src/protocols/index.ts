export { type ClientOptions, createClient } from "./client.ts";
export { newExchange, resetExchange } from "./exchange.ts";
export { probeConnect } from "./probe.ts";
export type {
  ChatMessage,
  Client,
  Exchange,
  GapSink,
  Handle,
  TurnRequest,
  WireRequest,
} from "./types.ts";
