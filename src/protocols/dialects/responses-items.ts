import { contentText } from "../messages.ts";
import type { ChatMessage, ContentPart, ResponseFormat, ToolDefinition } from "../types.ts";
import { imageUrl, noPlaceFor, toolCallsOf } from "./parts.ts";

/** The conversation as items of the responses API; `continued`: only what came after the last answer. Its system prompt is apart. */
export function responsesInput(messages: readonly ChatMessage[], continued: boolean): readonly object[] {
  const from = continued ? messages.findLastIndex(({ role }) => role === "assistant") + 1 : 0;
  return messages.slice(from).flatMap(itemsOf);
}

export function systemOf(messages: readonly ChatMessage[]): string | undefined {
  const texts = messages.filter(({ role }) => role === "system").map(({ content }) => contentText(content));
  return texts.length === 0 ? undefined : texts.join("\n\n");
}

function itemsOf(message: ChatMessage): readonly object[] {
  if (message.role === "system") return [];
  if (message.role === "tool") {
    return [{ type: "function_call_output", call_id: message.toolCallId, output: message.content }];
  }
  if (message.role === "user") {
    const { content } = message;
    return [{ role: "user", content: typeof content === "string" ? content : content.map(partOf) }];
  }
  const calls = toolCallsOf(message).map((call) => ({
    type: "function_call",
    call_id: call.id,
    name: call.name,
    arguments: call.arguments,
  }));
  return message.content === "" ? calls : [{ role: "assistant", content: message.content }, ...calls];
}

function partOf(part: ContentPart): object {
  if (part.type === "text") return { type: "input_text", text: part.text };
  if (part.type === "image") return { type: "input_image", image_url: imageUrl(part), detail: "auto" };
  throw noPlaceFor("audio", "openai-responses");
}

/** Not strict: the server would otherwise hold the tools to schemas of its own narrower kind. */
export function responsesTools(tools: readonly ToolDefinition[] | undefined): readonly object[] | undefined {
  if (tools === undefined || tools.length === 0) return undefined;
  return tools.map(({ name, description, parameters }) => ({
    type: "function",
    name,
    description,
    parameters: parameters ?? { type: "object", properties: {} },
    strict: false,
  }));
}

export function responsesFormat(format: ResponseFormat | undefined): object | undefined {
  if (format === undefined) return undefined;
  return { format: { type: "json_schema", name: format.name, schema: format.schema, strict: true } };
}
