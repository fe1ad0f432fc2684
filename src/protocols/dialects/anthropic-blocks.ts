import type { ChatMessage, ContentPart, ToolDefinition } from "../types.ts";
import { argumentsOf, noPlaceFor } from "./parts.ts";

interface AnthropicMessage {
  readonly role: "user" | "assistant";
  readonly content: string | readonly object[];
}

/** The conversation without its system prompt. All results of one answer's tool calls stand in one message, as the API wants them. */
export function anthropicMessageList(messages: readonly ChatMessage[]): readonly AnthropicMessage[] {
  const list: AnthropicMessage[] = [];
  let results: object[] | undefined;
  for (const message of messages) {
    if (message.role === "system") continue;
    if (message.role === "tool") {
      if (results === undefined) {
        results = [];
        list.push({ role: "user", content: results });
      }
      results.push({ type: "tool_result", tool_use_id: message.toolCallId, content: message.content });
      continue;
    }
    results = undefined;
    list.push({ role: message.role, content: contentOf(message) });
  }
  return list;
}

function contentOf(message: Exclude<ChatMessage, { role: "tool" }>): AnthropicMessage["content"] {
  const { content } = message;
  if (typeof content !== "string") return content.map(blockOf);
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  if (calls.length === 0) return content;
  return [
    ...(content === "" ? [] : [{ type: "text", text: content }]),
    ...calls.map((call) => ({ type: "tool_use", id: call.id, name: call.name, input: argumentsOf(call) })),
  ];
}

function blockOf(part: ContentPart): object {
  if (part.type === "text") return part;
  if (part.type === "audio") throw noPlaceFor("audio", "anthropic-messages");
  const source =
    part.url === undefined
      ? { type: "base64", media_type: part.mime, data: part.data ?? "" }
      : { type: "url", url: part.url };
  return { type: "image", source };
}

export function anthropicTools(tools: readonly ToolDefinition[] | undefined): readonly object[] | undefined {
  if (tools === undefined || tools.length === 0) return undefined;
  return tools.map(({ name, description, parameters }) => ({
    name,
    description,
    input_schema: parameters ?? { type: "object", properties: {} },
  }));
}
