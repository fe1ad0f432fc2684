import type { PromptColumns } from "../../plan/index.ts";
import type { PromptEntry, PromptTurn } from "./entry.ts";
import { contentOf } from "./json-content.ts";
import { formatOf, toolsOf } from "./json-tools.ts";
import { isList, isRecord, type JsonRecord, textOf } from "./json-values.ts";

/** What a line of JSON turned out to be, for people. */
export type Shape =
  | "chat messages"
  | "ShareGPT conversations"
  | "MT-Bench questions"
  | "batch requests"
  | "scripts of turns"
  | "prompts"
  | "texts";

export interface JsonEntry {
  readonly shape: Shape;
  readonly entry: Omit<PromptEntry, "id"> & { readonly id?: string };
}

export interface JsonOptions {
  readonly columns?: PromptColumns;
  /** Only the product's own sets ask nothing. */
  readonly mayBeEmpty?: boolean;
}

/** Tried in this order where the plan names no field: the richer forms first. */
const FIELDS = ["messages", "conversations", "conversation", "turns", "prompt", "text", "question", "instruction"];

type Said = Pick<PromptEntry, "turns" | "system">;

/**
 * The prompt of one JSON value: a string, a list of strings (turns), or an object that holds either, or chat messages (`role` and `content`,
 * or `from` and `value`). Of messages the user's are the turns and the first system one the system prompt. A string says why there is none.
 */
export function entryOfJson(
  value: unknown,
  { columns = {}, mayBeEmpty = false }: JsonOptions = {},
): JsonEntry | string {
  if (typeof value === "string" || isList(value)) {
    const said = saidBy(value, mayBeEmpty);
    return typeof said === "string" ? said : { shape: "texts", entry: said };
  }
  if (!isRecord(value)) return "neither a string nor an object";
  const { body } = value;
  // A line of OpenAI's batch files wraps the request that it stands for.
  if (isRecord(body) && value["custom_id"] !== undefined && columns.prompt === undefined) {
    const inner = entryOfJson({ id: value["custom_id"], ...body }, { columns, mayBeEmpty });
    return typeof inner === "string" ? `body: ${inner}` : { ...inner, shape: "batch requests" };
  }
  const found = saidIn(value, columns.prompt, mayBeEmpty);
  if (typeof found === "string") return found;
  const more = extras(value, columns);
  if (typeof more === "string") return more;
  return { shape: found.shape, entry: { ...found.said, ...more } };
}

function saidIn(
  value: JsonRecord,
  fields: readonly string[] | undefined,
  mayBeEmpty: boolean,
): { readonly shape: Shape; readonly said: Said } | string {
  if (fields !== undefined && fields.length > 1) {
    const turns: PromptTurn[] = [];
    for (const field of fields) {
      const content = textOf(value[field]);
      if (content === undefined || content.trim() === "") return `no text in field ${field}`;
      turns.push({ content });
    }
    return { shape: "scripts of turns", said: { turns } };
  }
  const name = fields?.[0] ?? FIELDS.find((candidate) => value[candidate] !== undefined);
  if (name === undefined || value[name] === undefined)
    return fields === undefined ? "no field that holds a prompt" : `no field ${name}`;
  const said = saidBy(value[name], mayBeEmpty);
  return typeof said === "string" ? `field ${name}: ${said}` : { shape: shapeOf(value, name), said };
}

function shapeOf(value: JsonRecord, name: string): Shape {
  const held = value[name];
  const first: unknown = isList(held) ? held[0] : undefined;
  if (isRecord(first) && first["from"] !== undefined) return "ShareGPT conversations";
  if (isRecord(first) && first["role"] !== undefined) return "chat messages";
  if (name === "turns" && value["question_id"] !== undefined) return "MT-Bench questions";
  return isList(held) ? "scripts of turns" : "prompts";
}

function saidBy(value: unknown, mayBeEmpty: boolean): Said | string {
  if (typeof value === "string")
    return value.trim() === "" && !mayBeEmpty ? "the prompt is empty" : { turns: [{ content: value }] };
  if (!isList(value) || value.length === 0) return "neither a text nor a list of texts or messages";
  const turns: PromptTurn[] = [];
  let system: string | undefined;
  for (const item of value) {
    const { role, said } = messageOf(item);
    if (role !== "user" && role !== "human" && role !== "system" && role !== "developer") continue;
    const content = contentOf(said);
    if (content === undefined) return "a turn is neither a text nor a list of known parts";
    if (role === "system" || role === "developer") {
      if (typeof content === "string") system ??= content;
    } else if (isEmpty(content) && !mayBeEmpty) return "a turn is empty or not a text";
    else turns.push({ content });
  }
  if (turns.length === 0) return "no message of a user";
  return system === undefined ? { turns } : { turns, system };
}

function isEmpty(content: PromptTurn["content"]): boolean {
  return typeof content === "string" ? content.trim() === "" : content.length === 0;
}

function messageOf(item: unknown): { readonly role: unknown; readonly said: unknown } {
  if (!isRecord(item)) return { role: "user", said: item };
  return { role: item["role"] ?? item["from"] ?? "user", said: item["content"] ?? item["value"] };
}

type Extras = Partial<Omit<PromptEntry, "turns">>;

function extras(value: JsonRecord, columns: PromptColumns): Extras | string {
  const tools = value["tools"] === undefined ? undefined : toolsOf(value["tools"]);
  if (typeof tools === "string") return tools;
  const written = value["responseFormat"] ?? value["response_format"];
  const responseFormat = written === undefined ? undefined : formatOf(written);
  if (typeof responseFormat === "string") return responseFormat;
  const { reference, tags } = value;
  const named = (column: string | undefined, ...usual: string[]): string | undefined =>
    column === undefined
      ? textOf(usual.map((name) => value[name]).find((held) => held !== undefined))
      : textOf(value[column]);
  const id = named(columns.id, "id", "question_id");
  const system = named(columns.system, "system");
  const answer = named(columns.answer, "answer") ?? (isList(reference) ? textOf(reference.at(-1)) : textOf(reference));
  const language = named(columns.language, "language");
  return {
    ...(id === undefined ? {} : { id }),
    ...(system === undefined ? {} : { system }),
    ...(tools === undefined ? {} : { tools }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(answer === undefined ? {} : { answer }),
    ...(language === undefined ? {} : { language }),
    ...(isList(tags) ? { tags: tags.filter((tag) => typeof tag === "string") } : {}),
  };
}
