export { type ClientOptions, createClient } from "./client.ts";
export { type AnswerRules, type Dialect, type PreparedDialect } from "./dialects/dialect.ts";
export { DIALECTS } from "./dialects/table.ts";
export { newExchange, resetExchange } from "./exchange.ts";
export { probeConnect } from "./probe.ts";
export { type ChatMessage, type Client, type Exchange, type GapSink, type Handle, type TurnRequest, type WireRequest } from "./types.ts";
