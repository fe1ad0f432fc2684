import { at, isRecord, jsonBody, listOf, numberOf, textOf } from "../json.ts";
import type { Call, Draft, Importer, Left, Source } from "../types.ts";
import { unreadable } from "../unreadable.ts";

/** HAR 1.2, as browsers and proxies export it. */
export const har: Importer = {
  name: "har",
  title: "HAR file",
  recognises: ({ json, text }) => isRecord(at(json, "log")) || (json === undefined && /^\s*\{\s*"log"\s*:/.test(text)),
  read,
};

function read({ name, json }: Source): Draft {
  const entries = at(json, "log", "entries");
  if (!Array.isArray(entries)) throw unreadable(name, "the HAR is broken: log.entries is no list", "Export it again.");
  const left: Left[] = [];
  const calls = entries.flatMap((entry: unknown, i): Call[] => {
    const place = `entry ${i + 1}`;
    const url = textOf(at(entry, "request", "url"));
    const method = textOf(at(entry, "request", "method"));
    if (url === undefined || method === undefined) {
      left.push({ place, what: "an entry without a request" });
      return [];
    }
    if (listOf(at(entry, "_webSocketMessages")).length > 0) left.push({ place, what: "the messages of a WebSocket" });
    return [callOf(entry, url, method, place)];
  });
  return {
    what: `a HAR file of ${entries.length} ${entries.length === 1 ? "request" : "requests"}`,
    calls,
    slo: [],
    left,
  };
}

function callOf(entry: unknown, url: string, method: string, place: string): Call {
  const body = jsonBody(textOf(at(entry, "request", "postData", "text")));
  const sentAt = Date.parse(textOf(at(entry, "startedDateTime")) ?? "");
  const took = numberOf(at(entry, "time"));
  const contentType = textOf(at(entry, "response", "content", "mimeType")) ?? "";
  const answer = answerText(at(entry, "response", "content"));
  return {
    place,
    method: method.toUpperCase(),
    url,
    headers: headersOf(at(entry, "request", "headers")),
    ...(body === undefined ? {} : { body }),
    ...(answer === undefined ? {} : { answer: { contentType, text: answer } }),
    ...(Number.isNaN(sentAt) ? {} : { at: sentAt }),
    ...(took === undefined || took < 0 ? {} : { took }),
    group: "user",
    weight: 1,
  };
}

function answerText(content: unknown): string | undefined {
  const text = textOf(at(content, "text"));
  if (text === undefined || text === "") return undefined;
  return at(content, "encoding") === "base64" ? Buffer.from(text, "base64").toString("utf8") : text;
}

function headersOf(list: unknown): Record<string, string> {
  const out: Record<string, string> = {};
  for (const header of listOf(list)) {
    const [name, value] = [textOf(at(header, "name")), textOf(at(header, "value"))];
    if (name !== undefined && value !== undefined && name !== "__proto__") out[name.toLowerCase()] = value;
  }
  return out;
}
