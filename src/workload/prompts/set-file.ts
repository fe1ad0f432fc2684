import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PromptEntry } from "./entry.ts";
import { entryOfJson } from "./json-entry.ts";
import { isList, isRecord } from "./json-values.ts";
import { expand, type Texts } from "./recipes.ts";

export interface PromptSet {
  readonly licence: string;
  readonly description: string;
  readonly entries: readonly PromptEntry[];
  /** Texts that several of its prompts use, by name, in the file's order. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Sets ship beside the sources and the build alike. */
const DATA = new URL("../../../data/prompts/", import.meta.url);

const KNOWN = new Map<string, PromptSet>();

/**
 * A set that ships: `data/prompts/<name>.jsonl`. Its first line is `{ set, licence, description }`; a line with `named` is a text that prompts of this
 * set or of another use; every other is a prompt as in a user's file, whose contents may be recipes.
 */
export function readSet(name: string): PromptSet {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const file = fileURLToPath(new URL(`${name}.jsonl`, DATA));
  const [header, ...lines] = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
  if (!isRecord(header) || typeof header["licence"] !== "string" || typeof header["description"] !== "string")
    throw new Error(`${file} begins with no header`);
  const texts = new Map<string, string>();
  const entries: PromptEntry[] = [];
  const set = { licence: header["licence"], description: header["description"], entries, texts };
  KNOWN.set(name, set);
  const find: Texts = {
    all: (of) => [...readSet(of).texts.values()],
    one: (of) => texts.get(of),
  };
  for (const [i, line] of lines.entries()) {
    if (isRecord(line) && typeof line["named"] === "string" && typeof line["content"] === "string")
      texts.set(line["named"], line["content"]);
    else entries.push(entryOf(line, name, `${file}, line ${i + 2}`, find));
  }
  return set;
}

function entryOf(line: unknown, set: string, place: string, texts: Texts): PromptEntry {
  const turns: unknown = isRecord(line) ? line["turns"] : undefined;
  const expanded =
    isRecord(line) && isList(turns)
      ? { ...line, turns: turns.map((turn) => (isRecord(turn) ? { content: expand(turn, texts) } : turn)) }
      : line;
  const found = entryOfJson(expanded, { mayBeEmpty: true });
  if (typeof found === "string" || found.entry.id === undefined)
    throw new Error(`${place}: ${typeof found === "string" ? found : "a prompt without id"}`);
  return { ...found.entry, id: `${set}:${found.entry.id}` };
}
