import type { Json } from "../../plan/index.ts";
import { isRecord, member, parseJson } from "./json.ts";

/** A request body as a plan writes it; `probe` puts the question into it. */
type Template = Readonly<Record<string, string>>;

const PROMPT = "{{turn.prompt}}";
const MESSAGES = "{{messages}}";

/** What applications' own endpoints commonly take. */
export const BODIES: readonly Template[] = [
  { message: PROMPT },
  { messages: MESSAGES },
  { prompt: PROMPT },
  { query: PROMPT },
  { question: PROMPT },
  { input: PROMPT },
  { text: PROMPT },
];

/** A template as it is sent for the probe. */
export function filled(template: Template, prompt: string): Json {
  return Object.fromEntries(
    Object.entries(template).map(([name, value]): [string, Json] => [
      name,
      value === MESSAGES ? [{ role: "user", content: prompt }] : value === PROMPT ? prompt : value,
    ]),
  );
}

/**
 * The body that a refusal asks for: FastAPI's 422 names each missing field in `detail[].loc`. `undefined` where the refusal names none.
 */
export function bodyFromRefusal(text: string): Template | undefined {
  const detail = member(parseJson(text), "detail");
  if (!Array.isArray(detail)) return undefined;
  const names: string[] = [];
  for (const entry of detail) {
    const place = member(entry, "loc");
    if (!isRecord(entry) || !Array.isArray(place) || place[0] !== "body") continue;
    const name: unknown = place[1];
    if (typeof name === "string") names.push(name);
  }
  if (names.length === 0) return undefined;
  return Object.fromEntries(
    [...new Set(names)].map((name) => [
      name,
      /session|conversation|thread|user|id$/i.test(name) ? "{{session.id}}" : name === "messages" ? MESSAGES : PROMPT,
    ]),
  );
}
