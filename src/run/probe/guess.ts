import { leaves, parseJson, usagePath } from "./json.ts";

export interface GuessedPaths {
  readonly token: string;
  readonly usage?: string;
  readonly done?: string;
  /** The text at the token path, for the person to judge. */
  readonly sample: string;
}

/** Names under which applications put an answer; the earlier, the likelier. */
const ANSWER_KEYS = [
  "answer",
  "response",
  "output_text",
  "output",
  "text",
  "content",
  "reply",
  "completion",
  "generated_text",
  "result",
  "message",
  "delta",
  "token",
];
const DONE_KEY = /^(done|finished|finish_?reason|stop_?reason|end|is_?final|final|complete|completed)$/i;

/** The data of each event of an SSE text; comments and field names are left out, `[DONE]` too. A last event without its blank line counts. */
export function eventData(text: string): string[] {
  return text
    .replace(/^\ufeff/, "")
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((event) =>
      event
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith("data"))
        .map((line) => line.replace(/^data:? ?/, ""))
        .join("\n"),
    )
    .filter((data) => data !== "" && data !== "[DONE]");
}

/**
 * Finds the answer in a stream's events: the path whose texts, put together, are the longest, where it varies from event to event. `whole`
 * is false for a stream that was cut, whose last event says nothing about its end.
 */
export function guessStream(events: readonly string[], whole: boolean): GuessedPaths | undefined {
  const parsed = events.map(parseJson);
  if (events.length === 0) return undefined;
  if (parsed.every((event) => typeof event !== "object" || event === null))
    return { token: "$", sample: events.join("") };
  const texts = new Map<string, string[]>();
  for (const event of parsed) {
    for (const { path, value } of leaves(event)) {
      if (typeof value !== "string" || value === "") continue;
      texts.set(path, [...(texts.get(path) ?? []), value]);
    }
  }
  const scored = [...texts].map(([path, values]) => ({
    path,
    text: values.join(""),
    varied: new Set(values).size > 1 || values.length === 1,
    events: values.length,
    rank: answerRank(path),
  }));
  scored.sort(
    (a, b) =>
      Number(b.varied) - Number(a.varied) || a.rank - b.rank || b.events - a.events || b.text.length - a.text.length,
  );
  const best = scored[0];
  if (best === undefined) return undefined;
  const usage = parsed.map(usagePath).find((path) => path !== undefined);
  const done = whole ? donePath(parsed) : undefined;
  return {
    token: best.path,
    sample: best.text,
    ...(usage === undefined ? {} : { usage }),
    ...(done === undefined ? {} : { done }),
  };
}

/** A flag or reason that is set in the last event with it, and in no earlier one. */
function donePath(events: readonly unknown[]): string | undefined {
  const set = new Map<string, number[]>();
  for (const [index, event] of events.entries()) {
    for (const { path, key, value } of leaves(event)) {
      if (!DONE_KEY.test(key) || value === null || value === false || value === "") continue;
      set.set(path, [...(set.get(path) ?? []), index]);
    }
  }
  for (const [path, at] of set) if (at.length === 1 && (at[0] ?? 0) >= events.length - 2) return path;
  return undefined;
}

function answerRank(path: string): number {
  const key = /([\p{L}\p{N}_$-]+)(?:\[\d+\])*$/u.exec(path)?.[1]?.toLowerCase() ?? "";
  const rank = ANSWER_KEYS.indexOf(key);
  return rank === -1 ? ANSWER_KEYS.length : rank;
}

/** Finds the answer in one JSON body; a text that only echoes the prompt is not one. */
export function guessBody(text: string, prompt: string): GuessedPaths | undefined {
  const body = parseJson(text);
  const strings = leaves(body).flatMap(({ path, value }) =>
    typeof value === "string" && value !== "" && value !== prompt ? [{ path, value, rank: answerRank(path) }] : [],
  );
  strings.sort((a, b) => a.rank - b.rank || b.value.length - a.value.length);
  const best = strings[0];
  if (best === undefined) return undefined;
  const usage = usagePath(body);
  return { token: best.path, sample: best.value, ...(usage === undefined ? {} : { usage }) };
}
