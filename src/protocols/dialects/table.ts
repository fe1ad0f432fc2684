import type { ProtocolName } from "../../plan/index.ts";
import { agUi } from "./ag-ui.ts";
import { aiSdk } from "./ai-sdk.ts";
import { aiSdkText } from "./ai-sdk-text.ts";
import { anthropicMessages } from "./anthropic-messages.ts";
import type { Dialect } from "./dialect.ts";
import { httpJson } from "./http-json.ts";
import { httpNdjson } from "./http-ndjson.ts";
import { httpSse } from "./http-sse.ts";
import { langgraph } from "./langgraph.ts";
import { mcp } from "./mcp.ts";
import { ollamaChat } from "./ollama-chat.ts";
import { ollamaGenerate } from "./ollama-generate.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiCompletions } from "./openai-completions.ts";
import { openaiEmbeddings } from "./openai-embeddings.ts";
import { openaiImages } from "./openai-images.ts";
import { openaiResponses } from "./openai-responses.ts";
import { websocket } from "./websocket.ts";

export const DIALECTS: Readonly<Record<ProtocolName, Dialect>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "openai-completions": openaiCompletions,
  "openai-embeddings": openaiEmbeddings,
  "openai-images": openaiImages,
  "anthropic-messages": anthropicMessages,
  "ollama-chat": ollamaChat,
  "ollama-generate": ollamaGenerate,
  "ai-sdk": aiSdk,
  "ai-sdk-text": aiSdkText,
  langgraph,
  "ag-ui": agUi,
  mcp,
  "http-sse": httpSse,
  "http-ndjson": httpNdjson,
  "http-json": httpJson,
  websocket,
};
