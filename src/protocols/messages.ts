import type { ChatMessage, ContentPart } from "./types.ts";

/** The text of a message's content: its text parts, a line each. */
export function contentText(content: string | readonly ContentPart[]): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

/** All text of a message: its content, and the arguments of the tools that it calls. */
export function messageText(message: ChatMessage): string {
  if (message.role !== "assistant" || message.toolCalls === undefined) return contentText(message.content);
  return [message.content, ...message.toolCalls.map((call) => call.arguments)].filter((text) => text !== "").join("\n");
}
