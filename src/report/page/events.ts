import type { QueryValue, RunReader } from "../../record/index.ts";
import { observedWords } from "./observed-words.ts";
import type { PageEvent } from "./types.ts";

const MOST = 500;
/** Characters of one event's words. */
const LONGEST = 240;

/** What happened in the run, in order; of more than the page can hold, those that are rare by their name first. */
export async function pageEvents(run: RunReader): Promise<readonly PageEvent[]> {
  const { rows } = await run.query(`
    SELECT time, kind, name, detail::VARCHAR FROM (
      SELECT *, row_number() OVER (PARTITION BY kind, name ORDER BY time) AS nth FROM events
      WHERE NOT (kind = 'stack' AND name = 'signals') AND kind <> 'stage')
    ORDER BY nth, time, kind, name LIMIT ${MOST}`);
  return rows
    .map(([at, kind, name, detail]) => ({
      at: Number(at),
      kind: text(kind),
      name: text(name),
      words: wordsOf(text(kind), text(name), detail),
    }))
    .sort((a, b) => a.at - b.at);
}

const text = (value: QueryValue | undefined): string => (typeof value === "string" ? value : "");

/** The message of an event's detail, else its fields; what an observer tells as a sentence. */
function wordsOf(kind: string, name: string, detail: QueryValue | undefined): string {
  if (typeof detail !== "string" || detail === "") return "";
  const parsed: unknown = JSON.parse(detail);
  if (typeof parsed === "string") return cut(parsed);
  if (typeof parsed !== "object" || parsed === null) return "";
  const fields: readonly (readonly [string, unknown])[] = Object.entries(parsed);
  if (kind === "observe") return cut(observedWords(name, new Map(fields)));
  const message = fields.find(([key]) => key === "message")?.[1];
  if (typeof message === "string") return cut(message);
  return cut(
    fields
      .filter(([, value]) => typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(", "),
  );
}

function cut(words: string): string {
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}
