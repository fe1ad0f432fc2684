import type { ChatMessage, ContentPart } from "../types.ts";
import { mediaType } from "./parts.ts";

/** The conversation as an agent of AG-UI takes it; every message has an id. */
export function agUiMessages(messages: readonly ChatMessage[]): readonly object[] {
  return messages.map((message, i) => ({ id: `message-${i}`, ...bodyOf(message) }));
}

function bodyOf(message: ChatMessage): object {
  if (message.role === "tool") return { role: "tool", toolCallId: message.toolCallId, content: message.content };
  if (message.role === "assistant") {
    const toolCalls = (message.toolCalls ?? []).map(({ id, name, arguments: text }) => ({
      id,
      type: "function",
      function: { name, arguments: text },
    }));
    return { role: "assistant", content: message.content, ...(toolCalls.length === 0 ? {} : { toolCalls }) };
  }
  const { role, content } = message;
  return { role, content: typeof content === "string" ? content : content.map(partOf) };
}

function partOf(part: ContentPart): object {
  if (part.type === "text") return part;
  const mimeType = mediaType(part);
  const source =
    part.type === "image" && part.url !== undefined
      ? { type: "url", value: part.url, mimeType }
      : { type: "data", value: part.data ?? "", mimeType };
  return { type: part.type, source };
}
