import { PROTOCOL_TABLE, PROTOCOLS, type ProtocolName } from "../../src/base/index.ts";
import { page, table } from "./table.ts";

const BODIES = {
  own: "its own; the plan adds `parameters`",
  template: "the plan's `request`",
  either: "its own, or the plan's `request`",
} as const;
const STREAMS = { always: "yes", asked: "unless `stream: false`", never: "no" } as const;

/** docs/PROTOCOLS.md */
export function protocolsPage(): string {
  return page("src/base/protocols.ts", [
    "# Protocols",
    "What `target.protocol` may be. [examples/protocols](../examples/protocols) has a plan for each; those of model servers work as they stand against the twin.",
    table(["protocol", "what it is", "asked at", "body", "streams", "beside text", "tools"], PROTOCOLS.map(rowOf)),
    "## Addresses",
    [
      "A URL may be the server's root, end in the base (`/v1`, `/api`), or be the whole path; a version other than 1 stays as it is.",
      "An application's own path (`ai-sdk`, `ai-sdk-text`, `langgraph`, `mcp`) stands as written, and only a bare root is completed. `ag-ui` and the `http-*`",
      "protocols take the URL as it stands.",
    ].join("\n"),
    "## How it travels",
    [
      "| `target` | what it does |\n| --- | --- |",
      "| `http: auto` | Default. Over TLS what the server chooses (ALPN), without it HTTP/1.1. |",
      "| `http: 1.1`, `http: 2` | That version alone; `2` without TLS takes it for granted that the server speaks it (prior knowledge). |",
      "| `connections: { max, streams }` | Sockets over all workers, and streams at once on one of HTTP/2 (100, or fewer where the server says so). One connection is filled before the next is opened; beyond both requests wait, and the wait counts. |",
      "| `connections: { per: pool }` | Default. Connections are anybody's, the last one used first. |",
      "| `connections: { per: session }` | A session's own, from its first request to its end; at the cap a session that thinks gives its up. Default of `websocket`. |",
      "| `connections: { per: request }` | One for each request, as `keepAlive: false`. |",
      "| `connections: { warm: n }` | So many are opened when the load begins, before a request asks. |",
      "| `websocket: { subprotocols, ping }` | What is offered in the handshake; the time between pings. |",
    ].join("\n"),
    "Times mean the same over all: one clock read for a read of a socket; over HTTP/2 the frames that one turn of the event loop brings share it. A cancel resets the stream of HTTP/2, and closes any other connection. A stream that the server refused unseen (`REFUSED_STREAM`) is asked again once. Proxies are passed by a tunnel where what is spoken is not plain HTTP/1.1.",
    "## What is read",
    [
      "Of every answer: text, reasoning, tool calls put together from their deltas, token counts (cached input and reasoning too), why it ended, its id, and errors inside a",
      "status 200. Each content, reasoning or tool-call event has the stamp of the socket read that brought it. An answer in one body has no token times.",
      "What a server does not say is absent, not guessed.",
    ].join("\n"),
    [
      "- `openai-responses`: with `parameters: { store: true }` each turn names the response before it (`previous_response_id`) and sends only what is new; otherwise the whole conversation goes with each turn.",
      "- `openai-completions`, `ollama-generate`: the prompt is the conversation's text, a paragraph a message.",
      "- `openai-embeddings`: each turn's prompt by itself; a prompt of several text parts is a batch. A vector, and a picture of `openai-images`, is an answer without text.",
      "- `anthropic-messages`: `max_tokens` is 4096 where neither the plan's parameters nor the persona say. `anthropic-version` is 2023-06-01 unless `headers` has another.",
      "- `ai-sdk`: the UI message stream of versions 5 and later, or the older data stream, as the content type says. Usage is read from `messageMetadata.usage` or `.totalUsage`, where the application puts it there. A tool that the server has run itself is not among the calls.",
      "- `ai-sdk-text`: an event is what one read of the socket brings, since bare text has no other bounds.",
      "- `langgraph`: a stateless run with `stream_mode: [messages-tuple]`; `model` names the assistant. A URL that ends in `/stream` or `/stream_events` is LangServe's, and takes `request`. Counts of all model calls of a run are added up.",
      "- `mcp`: `request` is the tool's `name` and `arguments`. A session of the plan opens a session of the protocol first (`initialize`, `notifications/initialized`); that wait is the user's, and a failure is named by its step. A result with `isError` is an error.",
      "- `http-sse`, `http-ndjson`, `http-json`: `events` has the JSON paths.",
      "- `websocket`: a message a turn; with `events.done` the answer is all messages up to the one that says so, without it the first that has the token. A session keeps its connection (`connections: { per: request }`: a request). The row's status is the handshake's; a close with a code is told as its reason, 1008, 1013 and 44xx as `rejected`, 1011 as `failed`. What the server sends while nobody asks is dropped. Messages are not compressed.",
    ].join("\n"),
    "Rate limits: what `x-ratelimit-remaining-requests`, `x-ratelimit-remaining-tokens` and their Anthropic and IETF kin leave is kept as the series `target.limit.requests` and `target.limit.tokens`, the least that answers of the last two seconds told.",
  ]);
}

function rowOf(name: ProtocolName): readonly string[] {
  const { title, endpoint, body, streams, parts, tools } = PROTOCOL_TABLE[name];
  return [
    `\`${name}\``,
    title,
    endpoint === undefined ? "the URL" : `\`${endpoint.base}${endpoint.path}\``,
    BODIES[body],
    STREAMS[streams],
    parts.join(", "),
    tools ? "yes" : "",
  ];
}
