import { z } from "zod";
import { OUTCOME_NAMES, PROTOCOLS } from "../../base/index.ts";
import { count, flag, quantity, text } from "./fields.ts";
import { tls } from "./tls.ts";

export const METHODS = ["POST", "GET", "PUT", "PATCH"] as const;

const events = z
  .strictObject({
    token: text(
      "Answer text",
      "JSON path to the answer's text: a delta in each event of a stream, the whole in a JSON body. `$` is the data itself.",
    ),
    reasoning: text("Reasoning text", "JSON path to the reasoning delta.").optional(),
    usage: text("Usage", "JSON path to the token counts that the server reports.").optional(),
    done: text(
      "Done",
      "JSON path to the finish reason or flag; an event where it is neither null, false nor absent ends the answer.",
    ).optional(),
    error: text("Error", "JSON path to an error inside the answer.").optional(),
    model: text("Model", "JSON path to the name of the model that answered.").optional(),
  })
  .meta({
    title: "Answer paths",
    description: "JSON paths into each event (http-sse, http-ndjson, websocket) or into the body (http-json).",
  });

export const timeouts = z
  .strictObject({
    connect: quantity("duration", "Connect", "Most time for DNS, TCP and TLS. Default: 5s.").optional(),
    firstToken: quantity(
      "duration",
      "First token",
      "Most time from sending to the first token. Default: 30s.",
    ).optional(),
    idle: quantity("duration", "Idle", "Longest silence inside an answer. Default: 20s.").optional(),
    total: quantity("duration", "Total", "Most time for a whole attempt. Default: 5m.").optional(),
  })
  .meta({ title: "Timeouts", description: "When an attempt is given up." });

const connections = z
  .strictObject({
    max: count(
      "Most sockets",
      "Sockets at once over all workers; requests beyond wait, and the wait counts. Default: 4096.",
      1,
      1_000_000,
    ).optional(),
    keepAlive: flag("Keep alive", "Whether connections are used again. Default: true.").optional(),
    per: z
      .enum(["pool", "session", "request"])
      .meta({
        title: "Connection per",
        description:
          "Whose a connection is: anybody's, its session's, or its request's. Default: pool; session for websocket.",
      })
      .optional(),
    warm: count(
      "Warm connections",
      "Connections that are opened when the load begins, over all workers, before a request asks for one. Default: 0.",
      0,
      100_000,
    ).optional(),
    streams: count(
      "Streams",
      "Streams at once on a connection of HTTP/2; the server may allow fewer. Default: 100.",
      1,
      1_000_000,
    ).optional(),
  })
  .meta({ title: "Connections", description: "The pool of sockets." });

const websocket = z
  .strictObject({
    subprotocols: z
      .array(text("Subprotocol", "A name such as graphql-transport-ws."))
      .meta({ title: "Subprotocols", description: "Offered to the server, in this order. Default: none." })
      .optional(),
    ping: quantity(
      "duration",
      "Ping",
      "Time between pings; one that is not answered before the next is due ends the connection. Default: 0, none.",
      "zero",
    ).optional(),
  })
  .meta({ title: "Websocket", description: "How the websocket is kept." });

const retries = z
  .strictObject({
    count: count("Retries", "Most retries of one turn. Default: 1.", 0, 20).optional(),
    on: z
      .array(z.enum(OUTCOME_NAMES).meta({ title: "Outcome", description: "How an attempt ended." }))
      .min(1)
      .meta({ title: "Retry on", description: "Outcomes that are tried again. Default: refused, failed." })
      .optional(),
    backoff: quantity(
      "duration",
      "Backoff",
      "Wait before the first retry; it doubles after each. Default: 500ms.",
      "zero",
    ).optional(),
    maxBackoff: quantity("duration", "Most backoff", "Longest wait before a retry. Default: 30s.", "zero").optional(),
    honourRetryAfter: flag(
      "Honour Retry-After",
      "Whether to wait as long as the server says. Default: true.",
    ).optional(),
  })
  .meta({ title: "Retries", description: "What users' clients would do after a failure. Default: none." });

export const targetSchema = z
  .strictObject({
    url: text(
      "URL",
      "Where the load goes. For a protocol with an address of its own (openai-chat, ...) the server's root, its /v1, or the whole path.",
    ),
    protocol: z
      .enum(PROTOCOLS)
      .meta({
        title: "Protocol",
        description:
          "What the target speaks. Default: openai-chat where the URL ends in /v1, else what the end of its path names.",
      })
      .optional(),
    model: text("Model", "The model to ask for.").optional(),
    method: z.enum(METHODS).meta({ title: "Method", description: "HTTP method. Default: POST." }).optional(),
    request: z
      .json()
      .meta({
        title: "Request body",
        description:
          "http-sse, http-ndjson, http-json, websocket: the body, a template; strings may hold {{session.id}}, {{turn.prompt}} and the like. mcp: name and arguments of the tool. ai-sdk, ai-sdk-text, langgraph, ag-ui: in place of the body that the protocol would send.",
      })
      .optional(),
    parameters: z
      .record(z.string(), z.json())
      .meta({
        title: "Parameters",
        description:
          "More fields of the body that the protocol writes (temperature, tools, ...); they win over its own.",
      })
      .optional(),
    events: events.optional(),
    headers: z
      .record(z.string(), z.string().meta({ title: "Header value", description: "The header's value." }))
      .meta({
        title: "Headers",
        description: 'Request headers. Take secrets from the environment: "Bearer ${API_KEY}".',
      })
      .optional(),
    timeouts: timeouts.optional(),
    tls: tls.optional(),
    connections: connections.optional(),
    websocket: websocket.optional(),
    http: z
      .enum(["auto", "1.1", "2"])
      .or(z.union([z.literal(1.1), z.literal(2)]).transform((version) => (version === 2 ? "2" : "1.1")))
      .meta({
        title: "HTTP",
        description:
          "The version to speak; auto: over TLS what the server chooses (ALPN), else 1.1. 2 without TLS takes the server's HTTP/2 for granted. Default: auto.",
      })
      .optional(),
    repeatable: flag(
      "Repeatable",
      "Whether a request may be sent again on a fresh connection when a pooled one closed before a byte came. Default: true for model servers (openai-*, anthropic-messages, ollama-*), else false.",
    ).optional(),
    retries: retries.optional(),
    maxAnswer: quantity("size", "Largest answer", "Largest answer that is read, decoded. Default: 16MiB.").optional(),
  })
  .meta({ title: "Target", description: "What is loaded, and how it is spoken to." });
