import { messageText } from "../messages.ts";
import { parsePath } from "../skim/index.ts";
import type { ChatMessage, ContentPart, TurnRequest } from "../types.ts";
import type { AnswerRules } from "./dialect.ts";
import { eventTypes } from "./event-types.ts";
import type { Wanted } from "./openai-limits.ts";
import { argumentsOf, noPlaceFor } from "./parts.ts";
import { STREAM_RULES, WHOLE_RULES } from "./rules.ts";
import { type SlotPaths, wantedPaths } from "./slots.ts";

const COMMON = { error: "$.error", model: "$.model" };
/** Counts lie at the top of the last line. */
const LAST = { finish: "$.done_reason", usage: "$" };

/** Lines of JSON of which the last says `done: true`; or one JSON body with the same fields. */
export function ollamaRules(streamed: boolean, content: SlotPaths): AnswerRules {
  if (!streamed) return { ...WHOLE_RULES, paths: wantedPaths({ ...COMMON, ...content, ...LAST }) };
  return {
    ...STREAM_RULES,
    form: "ndjson",
    paths: wantedPaths({ ...COMMON, ...content }),
    types: eventTypes("$.done", { true: { ...LAST, ends: true } }),
    varying: [parsePath("$.created_at")],
  };
}

/** The options of a request: the plan's, with the turn's token limit among them unless they set one. */
export function ollamaOptions({ parameters, limit }: Wanted, turn: TurnRequest): object | undefined {
  const { options } = parameters;
  const own = typeof options === "object" && options !== null && !Array.isArray(options) ? options : {};
  const maxTokens = "num_predict" in own ? undefined : limit(turn.maxTokens);
  if (maxTokens === undefined && options === undefined) return undefined;
  return { ...(maxTokens === undefined ? {} : { num_predict: maxTokens }), ...own };
}

export function ollamaMessages(messages: readonly ChatMessage[]): readonly object[] {
  const names = new Map<string, string>();
  return messages.map((message) => {
    if (message.role === "tool") {
      return { role: "tool", content: message.content, tool_name: names.get(message.toolCallId) };
    }
    if (message.role !== "assistant") {
      const images = ollamaImages(message.content);
      return { role: message.role, content: messageText(message), ...(images.length === 0 ? {} : { images }) };
    }
    const calls = message.toolCalls ?? [];
    for (const { id, name } of calls) names.set(id, name);
    if (calls.length === 0) return { role: "assistant", content: message.content };
    const tool_calls = calls.map((call) => ({ function: { name: call.name, arguments: argumentsOf(call) } }));
    return { role: "assistant", content: message.content, tool_calls };
  });
}

/** Ollama takes images as base64 alone. */
export function ollamaImages(content: string | readonly ContentPart[]): readonly string[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => {
    if (part.type === "text") return [];
    if (part.type === "audio") throw noPlaceFor("audio", "ollama-chat");
    if (part.data === undefined) throw noPlaceFor("an image by its URL", "ollama-chat");
    return [part.data];
  });
}
