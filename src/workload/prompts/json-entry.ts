import type { PromptEntry } from "./entry.ts";

/** Tried in this order where the plan names no field: the richer forms first. */
const FIELDS = ["messages", "conversations", "turns", "prompt", "text", "question"];

type Parts = Omit<PromptEntry, "id"> & { readonly id?: string };

/**
 * The prompt of one JSON value: a string, a list of strings (turns), or an object that holds either, or chat messages (`role` and `content`,
 * or `from` and `value`), in `field`. Of messages the user's are the turns and the first system one the system prompt. A string says
 * why there is none.
 */
export function entryOfJson(value: unknown, field: string | undefined): Parts | string {
  if (typeof value === "string" || isList(value)) return partsOf(value);
  if (!isRecord(value)) return "neither a string nor an object";
  const name = field ?? FIELDS.find((candidate) => value[candidate] !== undefined);
  if (name === undefined || value[name] === undefined) {
    return field === undefined ? "no field that holds a prompt" : `no field ${field}`;
  }
  const parts = partsOf(value[name]);
  if (typeof parts === "string") return `field ${name}: ${parts}`;
  const id = value.id ?? value.question_id;
  return typeof id === "string" || typeof id === "number" ? { ...parts, id: String(id) } : parts;
}

function partsOf(value: unknown): Parts | string {
  if (typeof value === "string") return value.trim() === "" ? "the prompt is empty" : { turns: [value] };
  if (!isList(value) || value.length === 0) return "neither a text nor a list of texts or messages";
  const turns: string[] = [];
  let system: string | undefined;
  for (const item of value) {
    const { role, content } = isRecord(item) ? messageOf(item) : { role: "user", content: item };
    if (role === "system" || role === "developer") {
      if (typeof content === "string") system ??= content;
    } else if (role === "user" || role === "human") {
      if (typeof content !== "string" || content.trim() === "") return "a turn is empty or not a text";
      turns.push(content);
    }
  }
  if (turns.length === 0) return "no message of a user";
  return system === undefined ? { turns } : { turns, system };
}

function messageOf(message: Readonly<Record<string, unknown>>): { role: unknown; content: unknown } {
  const content = message.content ?? message.value;
  const role = message.role ?? message.from;
  if (!isList(content)) return { role, content };
  const texts = content.flatMap((part) => (isRecord(part) && typeof part.text === "string" ? [part.text] : []));
  return { role, content: texts.join("\n") };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
