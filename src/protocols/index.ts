export { type ClientOptions, createClient } from "./client.ts";
export type { AnswerRules, Dialect, PreparedDialect } from "./dialects/dialect.ts";
export { DIALECTS } from "./dialects/table.ts";
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
