import { listOf, member, textMember } from "./members.ts";
import type { ToolCalls } from "./tool-calls.ts";

/**
 * Takes a parsed list of tool calls, or of their deltas, in the shapes in use: `{index, id, function: {name, arguments}}` of OpenAI,
 * `{function: {name, arguments: {}}}` of Ollama, `{id, name, args}` of LangChain, `{id, name, input}` of Anthropic, `{call_id, name, arguments}` of
 * OpenAI's responses. A string of arguments is a piece, anything else is the whole. True where a call began.
 */
export function takeCalls(value: unknown, calls: ToolCalls): boolean {
  let any = false;
  for (const entry of listOf(value)) any = takeCall(entry, calls) || any;
  return any;
}

/** Whether it is a call of which nothing had come before. */
export function takeCall(entry: unknown, calls: ToolCalls): boolean {
  if (typeof entry !== "object" || entry === null) return false;
  const named = member(entry, "function") ?? entry;
  const index = member(entry, "index");
  const id = textMember(entry, "call_id") ?? textMember(entry, "id") ?? textMember(entry, "toolCallId");
  const isNew = calls.select({
    key: typeof index === "number" ? String(index) : id,
    id,
    name: textMember(named, "name") ?? textMember(named, "toolName"),
  });
  const given = member(named, "arguments") ?? member(named, "args") ?? member(named, "input");
  if (typeof given === "string") {
    const inside = Buffer.from(JSON.stringify(given).slice(1, -1));
    calls.append(inside, 0, inside.length, true);
  } else if (given !== undefined && given !== null) {
    calls.setArguments(JSON.stringify(given));
  }
  return isNew;
}
