import { randomStream } from "../../base/index.ts";
import { isList, isRecord, type JsonRecord } from "./json-values.ts";

/** Named texts of the sets. */
export interface Texts {
  /** Every named text of a set. */
  all(set: string): readonly string[];
  /** A named text of the set at hand. */
  one(name: string): string | undefined;
}

/**
 * What a content may be in place of a text, so that files stay small: one key tells which. Sizes are in characters. Random ones follow from `seed` alone.
 */
const RECIPES: Readonly<Record<string, (of: JsonRecord, texts: Texts) => string>> = {
  /** `[...]`: pieces, one after the other. */
  join: ({ join }, texts) => (isList(join) ? join.map((piece) => expand(piece, texts)).join("") : wrong(join)),
  /** A named text of the set. */
  text: ({ text }, texts) => (typeof text === "string" ? texts.one(text) : undefined) ?? wrong(text),
  /** `repeat` as often as `times`. */
  repeat: ({ repeat, times }, texts) => expand(repeat, texts).repeat(numberOf(times)),
  /** `[open, close]`, one inside the other, `depth` deep. */
  nest: ({ nest, depth }) => {
    const [open, close] = isList(nest) ? nest.map(String) : [];
    return (open ?? "").repeat(numberOf(depth)) + (close ?? "").repeat(numberOf(depth));
  },
  /** `[from, to]`, code points: `length` of them at random. */
  points: ({ points, length, seed }) => {
    const [from, to] = isList(points) ? points.map(numberOf) : [];
    const random = randomStream(numberOf(seed), "points");
    const span = numberOf(to) - numberOf(from) + 1;
    return Array.from({ length: numberOf(length) }, () =>
      String.fromCodePoint(numberOf(from) + Math.floor(random.next() * span)),
    ).join("");
  },
  /** A file as base64: `length` random bytes after `magic`, its first ones in hexadecimal. */
  binary: ({ binary, length, seed }) => {
    const random = randomStream(numberOf(seed), "binary");
    const rest = Uint8Array.from({ length: numberOf(length) }, () => random.uint32() & 0xff);
    return Buffer.concat([Buffer.from(String(binary), "hex"), rest]).toString("base64");
  },
  /** The named texts of a set, in an order of the seed's, about `words` words of them, with `facts` put between paragraphs at shares `at` of the whole. */
  pages: ({ pages, words, seed, facts }, texts) =>
    binder(texts.all(String(pages)), numberOf(words), numberOf(seed), facts),
};

/** The text that a content stands for. */
export function expand(content: unknown, texts: Texts): string {
  if (typeof content === "string") return content;
  if (!isRecord(content)) return wrong(content);
  const inner = content["content"];
  if (inner !== undefined) return expand(inner, texts);
  const name = Object.keys(RECIPES).find((key) => key in content);
  const make = name === undefined ? undefined : RECIPES[name];
  return make === undefined ? wrong(content) : make(content, texts);
}

function wrong(of: unknown): never {
  throw new Error(`no recipe for a prompt: ${JSON.stringify(of)}`);
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : wrong(value);
}

function binder(documents: readonly string[], words: number, seed: number, facts: unknown): string {
  const random = randomStream(seed, "pages");
  const order = documents
    .map((text) => ({ text, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .flatMap(({ text }) => [...text.split("\n\n"), "* * *"]);
  const paragraphs: string[] = [];
  let count = 0;
  for (const paragraph of order) {
    if (count >= words) break;
    paragraphs.push(paragraph);
    count += paragraph.split(/\s+/).length;
  }
  const planted = isList(facts) ? facts.filter(isRecord) : [];
  // The last first, so that places before it stay where they are.
  for (const { at, text } of planted.sort((a, b) => numberOf(b["at"]) - numberOf(a["at"])))
    paragraphs.splice(Math.round(numberOf(at) * paragraphs.length), 0, String(text));
  return paragraphs.join("\n\n");
}
