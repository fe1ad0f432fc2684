import { isStreamed, PROTOCOL_TABLE, type ProtocolName } from "../../base/index.ts";
import type { Json } from "../../plan/index.ts";
import { at, isRecord, listOf, numberOf, textOf, toJson } from "./json.ts";
import { withFallbacks, withoutReferences } from "./reference.ts";
import type { Asked, Call } from "./types.ts";

type Body = Readonly<Record<string, unknown>>;

interface Dialect {
  readonly protocol: ProtocolName;
  /** Whether a request with this path and body is of the protocol. */
  matches(path: string, body: Body, call: Call): boolean;
  /** What users say in it. */
  says(body: Body): {
    readonly turns: readonly string[];
    readonly system?: string | undefined;
    readonly left?: readonly string[];
  };
  /** Fields that the protocol or the persona writes; the others become `parameters`. */
  readonly own: readonly string[];
  readonly limit?: string;
}

const header = (call: Call, name: string): string | undefined =>
  Object.entries(call.headers).find(([key]) => key.toLowerCase() === name)?.[1];

/** The text of a message's content, whatever form it has. */
function contentOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map((part) => textOf(part) ?? textOf(at(part, "text")) ?? "")
    .filter((text) => text !== "")
    .join("\n");
}

function partsLeft(messages: unknown): string[] {
  const all = listOf(messages).flatMap((message) => [
    ...listOf(at(message, "content")),
    ...listOf(at(message, "parts")),
  ]);
  const others = all.filter((part) => isRecord(part) && textOf(part["text"]) === undefined).length;
  return others === 0 ? [] : [`${others} parts of messages that are no text`];
}

/** A conversation as chat protocols send it: the user's texts are the turns. */
function conversation(messages: unknown, system?: unknown): ReturnType<Dialect["says"]> {
  const said = listOf(messages).map((message) => ({
    role: textOf(at(message, "role")) ?? textOf(at(message, "type")) ?? "",
    text: contentOf(at(message, "content") ?? at(message, "parts")),
  }));
  const of = (...roles: string[]): string[] =>
    said.filter(({ role, text }) => roles.includes(role) && text !== "").map(({ text }) => text);
  const systems = [contentOf(system), ...of("system", "developer")].filter((text) => text !== "");
  return {
    turns: of("user", "human"),
    system: systems.length === 0 ? undefined : systems.join("\n\n"),
    left: partsLeft(messages),
  };
}

const texts = (value: unknown): string[] =>
  typeof value === "string" ? [value] : listOf(value).filter((text) => typeof text === "string");

const chats = (body: Body): ReturnType<Dialect["says"]> => conversation(body["messages"]);

/** Looked at in this order. */
const DIALECTS: readonly Dialect[] = [
  {
    protocol: "openai-chat",
    matches: (path, body) => path.endsWith("/chat/completions") && Array.isArray(body["messages"]),
    says: chats,
    own: ["messages", "model", "stream", "stream_options", "max_tokens", "max_completion_tokens"],
    limit: "max_tokens",
  },
  {
    protocol: "openai-responses",
    matches: (path, body) => path.endsWith("/responses") && body["input"] !== undefined,
    says: (body) =>
      typeof body["input"] === "string"
        ? { turns: [body["input"]], system: textOf(body["instructions"]) }
        : conversation(body["input"], body["instructions"]),
    own: ["input", "instructions", "model", "stream", "max_output_tokens", "previous_response_id"],
    limit: "max_output_tokens",
  },
  {
    protocol: "openai-completions",
    matches: (path, body) => path.endsWith("/completions") && body["prompt"] !== undefined,
    says: (body) => ({ turns: texts(body["prompt"]) }),
    own: ["prompt", "model", "stream", "stream_options", "max_tokens"],
    limit: "max_tokens",
  },
  {
    protocol: "openai-embeddings",
    matches: (path, body) => path.endsWith("/embeddings") && body["input"] !== undefined,
    says: (body) => ({ turns: texts(body["input"]) }),
    own: ["input", "model"],
  },
  {
    protocol: "openai-images",
    matches: (path, body) => path.endsWith("/images/generations") && body["prompt"] !== undefined,
    says: (body) => ({ turns: texts(body["prompt"]) }),
    own: ["prompt", "model"],
  },
  {
    protocol: "anthropic-messages",
    matches: (path, body, call) =>
      Array.isArray(body["messages"]) &&
      (path.endsWith("/v1/messages") || header(call, "anthropic-version") !== undefined),
    says: (body) => conversation(body["messages"], body["system"]),
    own: ["messages", "system", "model", "stream", "max_tokens"],
    limit: "max_tokens",
  },
  {
    protocol: "ollama-chat",
    matches: (path, body) =>
      path.endsWith("/api/chat") && typeof body["model"] === "string" && Array.isArray(body["messages"]),
    says: chats,
    own: ["messages", "model", "stream"],
  },
  {
    protocol: "ollama-generate",
    matches: (path, body) => path.endsWith("/api/generate") && typeof body["prompt"] === "string",
    says: (body) => ({ turns: texts(body["prompt"]), system: textOf(body["system"]) }),
    own: ["prompt", "system", "model", "stream"],
  },
  {
    protocol: "langgraph",
    matches: (path, body) => /\/(?:runs\/)?stream$/.test(path) && isRecord(body["input"]),
    says: (body) => conversation(at(body, "input", "messages")),
    own: ["input", "assistant_id", "stream_mode"],
  },
  {
    protocol: "ag-ui",
    matches: (_, body) =>
      typeof body["threadId"] === "string" && typeof body["runId"] === "string" && Array.isArray(body["messages"]),
    says: chats,
    own: ["threadId", "runId", "messages"],
  },
  {
    protocol: "ai-sdk",
    matches: (_, body, call) =>
      Array.isArray(body["messages"]) &&
      (body["messages"].some((message: unknown) => Array.isArray(at(message, "parts"))) ||
        /^\s*data: ?\{"type":"start/.test(call.answer?.text ?? "")),
    says: chats,
    own: ["id", "messages", "trigger", "messageId"],
  },
];

/** The path of a URL without its query; a reference in its front stands for the host. */
export function pathOf(url: string): string {
  const bare = withoutReferences(withFallbacks(url)).split(/[?#]/)[0] ?? "";
  return bare.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "").replace(/\/+$/, "");
}

/** A request to one of the protocols that Plimsoll speaks. */
export function askedOfDialect(call: Call): Asked | undefined {
  const { body } = call;
  if (!isRecord(body)) return undefined;
  const path = pathOf(call.url);
  const dialect = DIALECTS.find(({ matches }) => matches(path, body, call));
  if (dialect === undefined) return undefined;
  const { protocol } = dialect;
  const { turns, system, left = [] } = dialect.says(body);
  const limit =
    numberOf(body["max_completion_tokens"]) ??
    (dialect.limit === undefined ? undefined : numberOf(body[dialect.limit]));
  const model = textOf(body[PROTOCOL_TABLE[protocol].model === "assistant" ? "assistant_id" : "model"]);
  const parameters = parametersOf(dialect, body);
  return {
    protocol,
    turns,
    ...(system === undefined ? {} : { system }),
    ...(model === undefined || model === "" ? {} : { model }),
    ...(limit === undefined || !Number.isInteger(limit) || limit < 1 ? {} : { maxTokens: limit }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    left,
  };
}

function parametersOf({ protocol, own }: Dialect, body: Body): Record<string, Json> {
  const out: Record<string, Json> = {};
  for (const [name, value] of Object.entries(body)) {
    const json = own.includes(name) ? undefined : toJson(value);
    if (json !== undefined) out[name] = json;
  }
  // Where a client does not ask for a stream, it gets none, but from Ollama, which streams unless told not to.
  const { streams } = PROTOCOL_TABLE[protocol];
  const streamed = body["stream"] ?? protocol.startsWith("ollama");
  if (streams === "asked" && streamed !== true && isStreamed(protocol)) out["stream"] = false;
  return out;
}
