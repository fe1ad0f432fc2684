import type { ChatMessage, ContentPart, ResponseFormat, ToolDefinition } from "../types.ts";
import { imageUrl } from "./parts.ts";

/** Messages as OpenAI's chat completions take them. Where nothing is to be translated, a message stands as it is. */
export function openaiMessages(messages: readonly ChatMessage[]): readonly object[] {
  return messages.map(openaiMessage);
}

function openaiMessage(message: ChatMessage): object {
  if (message.role === "tool") return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  if (message.role === "assistant") {
    if (message.toolCalls === undefined || message.toolCalls.length === 0) {
      return { role: "assistant", content: message.content };
    }
    return {
      role: "assistant",
      content: message.content === "" ? null : message.content,
      tool_calls: message.toolCalls.map((call) => ({
        id: call.id,
        type: "function",
        function: { name: call.name, arguments: call.arguments },
      })),
    };
  }
  if (typeof message.content === "string") return message;
  return { role: message.role, content: message.content.map(openaiPart) };
}

function openaiPart(part: ContentPart): object {
  if (part.type === "text") return { type: "text", text: part.text };
  if (part.type === "image") return { type: "image_url", image_url: { url: imageUrl(part) } };
  return { type: "input_audio", input_audio: { data: part.data, format: part.format } };
}

export function openaiTools(tools: readonly ToolDefinition[] | undefined): readonly object[] | undefined {
  if (tools === undefined || tools.length === 0) return undefined;
  return tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters },
  }));
}

export function openaiFormat(format: ResponseFormat | undefined): object | undefined {
  if (format === undefined) return undefined;
  return { type: "json_schema", json_schema: { name: format.name, schema: format.schema, strict: true } };
}
