import type { ProtocolName } from "../../plan/index.ts";
import type { Dialect } from "./dialect.ts";
import { httpJson } from "./http-json.ts";
import { httpSse } from "./http-sse.ts";
import { openaiChat } from "./openai-chat.ts";

export const DIALECTS: Readonly<Record<ProtocolName, Dialect>> = {
  "openai-chat": openaiChat,
  "http-sse": httpSse,
  "http-json": httpJson,
};
