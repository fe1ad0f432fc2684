import { contentText } from "../messages.ts";
import type { ChatMessage, ContentPart, ToolCall } from "../types.ts";
import { argumentsOf, mediaType, mediaUrl } from "./parts.ts";

interface UiMessage {
  readonly id: string;
  readonly role: "system" | "user" | "assistant";
  /** What versions before 5 read in place of the parts. */
  readonly content: string;
  readonly parts: object[];
}

/** The conversation as the SDK's hooks send it: results of tools are parts of the message that called them. */
export function uiMessages(messages: readonly ChatMessage[]): readonly UiMessage[] {
  const list: UiMessage[] = [];
  const calls = new Map<string, { readonly parts: object[]; readonly at: number; readonly call: ToolCall }>();
  for (const message of messages) {
    if (message.role === "tool") {
      const called = calls.get(message.toolCallId);
      if (called !== undefined) {
        called.parts[called.at] = { ...inputOf(called.call), state: "output-available", output: message.content };
      }
      continue;
    }
    const parts = typeof message.content === "string" ? textParts(message.content) : message.content.map(partOf);
    for (const call of message.role === "assistant" ? (message.toolCalls ?? []) : []) {
      calls.set(call.id, { parts, at: parts.length, call });
      parts.push({ ...inputOf(call), state: "input-available" });
    }
    list.push({ id: `message-${list.length}`, role: message.role, content: contentText(message.content), parts });
  }
  return list;
}

function textParts(text: string): object[] {
  return text === "" ? [] : [{ type: "text", text }];
}

function inputOf(call: ToolCall): object {
  return { type: `tool-${call.name}`, toolCallId: call.id, input: argumentsOf(call) };
}

function partOf(part: ContentPart): object {
  if (part.type === "text") return { type: "text", text: part.text };
  return { type: "file", mediaType: mediaType(part), url: mediaUrl(part) };
}
