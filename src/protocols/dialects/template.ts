import { EXIT, PlimsollError } from "../../base/index.ts";
import type { Json } from "../../plan/index.ts";
import type { TurnRequest } from "../types.ts";
import { openaiMessages } from "./openai-messages.ts";

/** What a plan's request template may hold between double braces. `undefined`: this turn has no such value. */
const PLACEHOLDERS: Readonly<Record<string, (turn: TurnRequest) => unknown>> = {
  "session.id": (turn) => turn.sessionId,
  "turn.prompt": (turn) => turn.prompt,
  "turn.index": (turn) => turn.turn,
  "turn.maxTokens": (turn) => turn.maxTokens,
  persona: (turn) => turn.persona,
  tenant: (turn) => turn.tenant,
  region: (turn) => turn.region,
  messages: (turn) => openaiMessages(turn.messages),
  uuid,
};

/** JSON text of a part of the body; undefined where the turn has no value for it. */
type Fill = (turn: TurnRequest) => string | undefined;
type Find = (turn: TurnRequest) => unknown;

const ANY = /\{\{\s*([^{}]*?)\s*\}\}/g;
const WHOLE = /^\{\{\s*([^{}]*?)\s*\}\}$/;

/**
 * Compiles a request template into a function from a turn to the body's JSON text. Values enter the tree, not the text, so no
 * prompt can break the JSON. A string that is one placeholder and nothing else takes the value's type; a value that
 * the turn lacks leaves its member out (null in an array, "" inside a longer string).
 *
 * @throws PlimsollError PROTOCOL_UNKNOWN_PLACEHOLDER, with every unknown name at once
 */
export function compileTemplate(template: Json): (turn: TurnRequest) => string {
  const unknown = new Map<string, string>();
  const fill = compile(template, "target.request", unknown);
  if (unknown.size > 0) {
    throw new PlimsollError(
      [...unknown].map(([path, name]) => ({
        code: "PROTOCOL_UNKNOWN_PLACEHOLDER",
        message: `${path}: {{${name}}} is not a placeholder`,
        path,
        received: name,
        hint: `Use one of ${Object.keys(PLACEHOLDERS)
          .map((known) => `{{${known}}}`)
          .join(", ")}`,
      })),
      EXIT.planInvalid,
    );
  }
  return (turn) => fill(turn) ?? "null";
}

function compile(template: Json, path: string, unknown: Map<string, string>): Fill {
  if (typeof template === "string") return compileString(template, path, unknown);
  if (template === null || typeof template !== "object") return constant(template);
  if (isList(template)) {
    const items = template.map((item, i) => compile(item, `${path}[${i}]`, unknown));
    return (turn) => `[${items.map((item) => item(turn) ?? "null").join(",")}]`;
  }
  const members = Object.entries(template).map(
    ([key, value]) => [`${JSON.stringify(key)}:`, compile(value, `${path}.${key}`, unknown)] as const,
  );
  return (turn) => {
    let text = "";
    for (const [key, value] of members) {
      const json = value(turn);
      if (json !== undefined) text += text === "" ? key + json : `,${key}${json}`;
    }
    return `{${text}}`;
  };
}

function constant(value: Json): Fill {
  const json = JSON.stringify(value);
  return () => json;
}

function compileString(text: string, path: string, unknown: Map<string, string>): Fill {
  const find = (name: string): Find => {
    const placeholder = Object.hasOwn(PLACEHOLDERS, name) ? PLACEHOLDERS[name] : undefined;
    if (!placeholder) unknown.set(path, name);
    return placeholder ?? (() => undefined);
  };
  const whole = WHOLE.exec(text);
  if (whole) {
    const value = find(whole[1] ?? "");
    return (turn) => {
      const found = value(turn);
      return found === undefined ? undefined : JSON.stringify(found);
    };
  }
  const parts: (string | Find)[] = [];
  let from = 0;
  for (const match of text.matchAll(ANY)) {
    parts.push(text.slice(from, match.index), find(match[1] ?? ""));
    from = match.index + match[0].length;
  }
  if (parts.length === 0) return constant(text);
  parts.push(text.slice(from));
  return (turn) => JSON.stringify(parts.map((part) => (typeof part === "string" ? part : asText(part(turn)))).join(""));
}

function asText(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A version 4 UUID whose bits are the attempt's trace id: one seed gives the same ones again. */
export function uuid(turn: TurnRequest): string {
  const hex = turn.traceId.map(hex32).join("");
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) & 3] ?? "8";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Eight hex digits of an unsigned 32-bit word. */
export function hex32(word: number): string {
  return word.toString(16).padStart(8, "0");
}
