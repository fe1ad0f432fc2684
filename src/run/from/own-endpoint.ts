import type { Json } from "../../plan/index.ts";
import { eventData, type GuessedPaths, guessBody, guessStream } from "../probe/guess.ts";
import { pathOf } from "./dialects.ts";
import { at, isRecord, jsonBody, mapTexts, textOf } from "./json.ts";
import type { Asked, Call } from "./types.ts";

/** Names under which applications take a question; the earlier, the likelier. */
const PROMPT_KEYS = ["prompt", "question", "message", "query", "user_input", "input", "text", "content", "q", "msg"];
const SESSION_KEY = /^(?:session|conversation|thread|chat)_?id$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const GRAPHQL = /^\s*(?:query|mutation|subscription|fragment|\{)/;
/** An application's login has fields of these names; whatever else it has, it is no question. */
const LOGIN_KEY = /^(?:password|passwd|grant_type|client_secret|refresh_token)$/i;

interface Question {
  readonly key: string;
  readonly text: string;
}

/** The field of a body that holds what a user asks. */
function questionIn(body: Json): Question | undefined {
  let best: (Question & { readonly rank: number }) | undefined;
  mapTexts(body, (text, key) => {
    const rank = PROMPT_KEYS.indexOf(key.toLowerCase());
    if (rank >= 0 && text.trim() !== "" && (best === undefined || rank < best.rank)) best = { key, text, rank };
    return text;
  });
  return best;
}

/** How the answer comes, by its type, or where the file has none, by what was asked for. */
function answerOf(call: Call): {
  readonly protocol: "http-sse" | "http-ndjson" | "http-json";
  readonly found?: GuessedPaths | undefined;
} {
  const type = call.answer?.contentType.toLowerCase() ?? "";
  const text = call.answer?.text ?? "";
  const prompt = questionIn(call.body ?? null)?.text ?? "";
  if (type.includes("event-stream")) return { protocol: "http-sse", found: guessStream(eventData(text), true) };
  if (/ndjson|jsonl|json-seq/.test(type)) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    return { protocol: "http-ndjson", found: guessStream(lines, true) };
  }
  if (type.includes("json")) return { protocol: "http-json", found: guessBody(text, prompt) };
  const accept = Object.entries(call.headers).find(([name]) => name.toLowerCase() === "accept")?.[1] ?? "";
  const asks = accept.includes("event-stream") || at(call.body, "stream") === true;
  return { protocol: asks ? "http-sse" : "http-json" };
}

/** Turns as messages of the body have them. */
function messagesIn(body: Json): readonly string[] | undefined {
  const messages = at(body, "messages");
  if (!Array.isArray(messages)) return undefined;
  const said = messages
    .filter((message) => at(message, "role") === "user")
    .map((message) => textOf(at(message, "content")));
  const turns = said.filter((text) => text !== undefined);
  return turns.length > 0 && turns.length === said.length ? turns : undefined;
}

/** A request to an endpoint of an application's own: a body of JSON with a question in it. */
export function askedOfOwn(call: Call): Asked | undefined {
  const { body } = call;
  if (!isRecord(body) || call.method === "GET" || Object.keys(body).some((key) => LOGIN_KEY.test(key)))
    return undefined;
  if (body["jsonrpc"] === "2.0") return askedOfMcp(call, body);
  const messages = messagesIn(body);
  const question = messages === undefined ? questionIn(body) : undefined;
  if (messages === undefined && question === undefined) return undefined;
  if (question?.key === "query" && GRAPHQL.test(question.text) && /[{}]/.test(question.text)) return undefined;
  const { protocol, found } = answerOf(call);
  const left: string[] = [];
  const request = templateOf(body, messages !== undefined, question, left);
  if (found === undefined) {
    left.push(
      "where the answer's text is: the file has no answer to this request, so events.token is a guess; `npx plimsoll quick URL` finds it out",
    );
  }
  const events: Pick<GuessedPaths, "token" | "usage" | "done"> = found ?? {
    token: protocol === "http-json" ? "$.answer" : "$.delta",
  };
  const { token, usage, done } = events;
  return {
    protocol,
    turns: messages ?? (question === undefined ? [] : [question.text]),
    request,
    events: {
      token,
      ...(usage === undefined ? {} : { usage }),
      ...(done === undefined || protocol === "http-json" ? {} : { done }),
    },
    left,
  };
}

function templateOf(body: Json, messages: boolean, question: Question | undefined, left: string[]): Json {
  const whole: Json = messages && isRecord(body) ? { ...body, messages: "{{messages}}" } : body;
  let placed = false;
  const template = mapTexts(whole, (text, key) => {
    if (messages && key === "messages" && text === "{{messages}}") return text;
    if (question !== undefined && !placed && key === question.key && text === question.text) {
      placed = true;
      return "{{turn.prompt}}";
    }
    if (SESSION_KEY.test(key)) return "{{session.id}}";
    if (UUID.test(text)) return "{{uuid}}";
    if (!text.includes("{{")) return text;
    left.push(`the field ${key} of the body: its text holds {{`);
    return undefined;
  });
  return template ?? {};
}

function askedOfMcp({ url }: Call, body: Readonly<Record<string, unknown>>): Asked | undefined {
  const params = jsonBody(JSON.stringify(body["params"] ?? null));
  if (body["method"] !== "tools/call" || !isRecord(params)) return undefined;
  const args = jsonBody(JSON.stringify(params["arguments"] ?? {})) ?? {};
  const name = textOf(params["name"]);
  if (name === undefined) return undefined;
  const question = questionIn(args) ?? longestIn(args);
  const left: string[] = pathOf(url) === "" ? ["the server's path"] : [];
  return {
    protocol: "mcp",
    turns: question === undefined ? [] : [question.text],
    request: { name, arguments: templateOf(args, false, question, left) },
    left,
  };
}

function longestIn(value: Json): Question | undefined {
  let longest: Question | undefined;
  mapTexts(value, (text, key) => {
    if (text.length > (longest?.text.length ?? 0)) longest = { key, text };
    return text;
  });
  return longest;
}
