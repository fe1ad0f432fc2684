import { numberIn, type Schema, type Writer } from "./json-writer.ts";
import { asTokens, GENERAL } from "./keywords.ts";
import { matching } from "./patterns.ts";
import { writeProse } from "./prose.ts";

/** A string within its lengths, of its format or pattern; else prose of about `tokens` tokens, the words that must be said first. */
export function composeString(schema: Schema, writer: Writer, tokens: number): string {
  const { format, pattern } = schema;
  if (typeof pattern === "string") {
    const made = matching(pattern, writer.random);
    if (made !== undefined) return made;
  }
  const formatted = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (formatted !== undefined) return formatted(writer);
  const least = numberIn(schema, "minLength") ?? 0;
  const most = numberIn(schema, "maxLength") ?? Number.POSITIVE_INFINITY;
  return fitted(prose(writer, Math.max(2, tokens)), least, most, writer);
}

const LONGEST = 20_000;

function prose(writer: Writer, tokens: number): string {
  const out: string[] = [];
  writeProse(out, tokens, tokens, writer.random, asTokens(writer.reading.words()), GENERAL);
  const text = out.join("");
  if (writer.said) return text;
  writer.said = true;
  return `${writer.reading.said} ${text}`;
}

/** Lengths of JSON Schema count code points. */
function fitted(text: string, least: number, most: number, writer: Writer): string {
  let signs = Array.from(text);
  const wanted = Math.min(least, LONGEST);
  while (signs.length < wanted) signs = signs.concat(Array.from(` ${prose(writer, 24)}`));
  if (signs.length > most) signs = signs.slice(0, Math.max(0, most));
  return signs.join("");
}

function digits(writer: Writer, least: number, most: number, width: number): string {
  return String(least + (writer.random.uint32() % (most - least + 1))).padStart(width, "0");
}

function date(writer: Writer): string {
  return `20${digits(writer, 20, 29, 2)}-${digits(writer, 1, 12, 2)}-${digits(writer, 1, 28, 2)}`;
}

function time(writer: Writer): string {
  return `${digits(writer, 0, 23, 2)}:${digits(writer, 0, 59, 2)}:${digits(writer, 0, 59, 2)}Z`;
}

function hex(writer: Writer, length: number): string {
  let text = "";
  while (text.length < length) text += writer.random.uint32().toString(16).padStart(8, "0");
  return text.slice(0, length);
}

function uuid(writer: Writer): string {
  return `${hex(writer, 8)}-${hex(writer, 4)}-4${hex(writer, 3)}-a${hex(writer, 3)}-${hex(writer, 12)}`;
}

function host(writer: Writer): string {
  return `host-${hex(writer, 4)}.example.com`;
}

const FORMATS: Readonly<Record<string, (writer: Writer) => string>> = {
  date,
  time,
  "date-time": (writer) => `${date(writer)}T${time(writer)}`,
  duration: (writer) => `PT${digits(writer, 1, 59, 1)}M`,
  email: (writer) => `user-${hex(writer, 4)}@example.com`,
  hostname: host,
  ipv4: (writer) => `192.0.2.${digits(writer, 1, 254, 1)}`,
  ipv6: (writer) => `2001:db8::${hex(writer, 4)}`,
  uri: (writer) => `https://${host(writer)}/${hex(writer, 6)}`,
  "uri-reference": (writer) => `/items/${hex(writer, 6)}`,
  uuid,
  regex: () => "^[a-z]+$",
  "json-pointer": (writer) => `/items/${digits(writer, 0, 9, 1)}`,
};
