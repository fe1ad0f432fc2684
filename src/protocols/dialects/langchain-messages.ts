import type { ChatMessage, ContentPart } from "../types.ts";
import { argumentsOf, imageUrl, noPlaceFor } from "./parts.ts";

/** Messages as LangChain writes them. */
export function langchainMessages(messages: readonly ChatMessage[]): readonly object[] {
  return messages.map((message) => {
    if (message.role === "tool") return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
    if (message.role !== "assistant") {
      const { role, content } = message;
      return { role, content: typeof content === "string" ? content : content.map(partOf) };
    }
    const calls = message.toolCalls ?? [];
    if (calls.length === 0) return { role: "assistant", content: message.content };
    const tool_calls = calls.map((call) => ({
      type: "tool_call",
      id: call.id,
      name: call.name,
      args: argumentsOf(call),
    }));
    return { role: "assistant", content: message.content, tool_calls };
  });
}

function partOf(part: ContentPart): object {
  if (part.type === "text") return part;
  if (part.type === "image") return { type: "image_url", image_url: { url: imageUrl(part) } };
  throw noPlaceFor("audio", "langgraph");
}
