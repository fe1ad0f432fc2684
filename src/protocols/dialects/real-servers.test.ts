import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { EventType } from "@ag-ui/core";
import { RunAgentInputSchema } from "@ag-ui/core/schemas";
import { EventEncoder } from "@ag-ui/encoder";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  convertToModelMessages,
  createUIMessageStream,
  pipeTextStreamToResponse,
  pipeUIMessageStreamToResponse,
  type UIMessageChunk,
  validateUIMessages,
} from "ai";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { clientFor, turnOf } from "../../../test/helpers/ask.ts";
import type { Target } from "../../plan/index.ts";
import { type ChatMessage, type Client, type Exchange, newExchange, type TurnRequest } from "../index.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, body: unknown) => void,
): Promise<string> {
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const text = Buffer.concat(pieces).toString();
      answer(request, response, text === "" ? undefined : JSON.parse(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

function client(url: string, changes: Partial<Target>): Client {
  const made = clientFor(url, changes);
  open.push(made);
  return made;
}

const ask = (asked: Client, turn: Partial<TurnRequest> = {}): Promise<Exchange> =>
  new Promise((done) => void asked.send(turnOf("hi", turn), newExchange(), done));

const CALLED: readonly ChatMessage[] = [
  { role: "system", content: "Be brief." },
  {
    role: "user",
    content: [
      { type: "text", text: "What is this?" },
      { type: "image", mime: "image/png", data: "iVBORw0KGgo=" },
    ],
  },
  { role: "assistant", content: "", toolCalls: [{ id: "c-1", name: "look", arguments: '{"q":1}' }] },
  { role: "tool", toolCallId: "c-1", content: "a lighthouse" },
  { role: "user", content: "Thanks." },
];

describe("the AI SDK's own server", () => {
  const CHUNKS: readonly UIMessageChunk[] = [
    { type: "start", messageId: "m-1" },
    { type: "start-step" },
    { type: "reasoning-start", id: "r" },
    { type: "reasoning-delta", id: "r", delta: "Hm." },
    { type: "reasoning-end", id: "r" },
    { type: "text-start", id: "t" },
    { type: "text-delta", id: "t", delta: "It is " },
    { type: "text-delta", id: "t", delta: "é😀\n" },
    { type: "text-end", id: "t" },
    { type: "tool-input-start", toolCallId: "c-9", toolName: "look" },
    { type: "tool-input-delta", toolCallId: "c-9", inputTextDelta: '{"q":2}' },
    { type: "tool-input-available", toolCallId: "c-9", toolName: "look", input: { q: 2 } },
    { type: "finish-step" },
    { type: "finish", finishReason: "tool-calls", messageMetadata: { usage: { inputTokens: 5, outputTokens: 4 } } },
  ];

  test("takes our request for a conversation of its hooks, and its UI message stream is read to the end", async () => {
    let told: unknown;
    const url = await serve((_request, response, body) => {
      void (async () => {
        const { messages } = z.object({ messages: z.unknown() }).parse(body);
        told = await convertToModelMessages(await validateUIMessages({ messages }));
        const stream = createUIMessageStream({
          execute: ({ writer }) => {
            for (const chunk of CHUNKS) writer.write(chunk);
          },
        });
        void pipeUIMessageStreamToResponse({ response, stream });
      })();
    });
    const exchange = await ask(client(`${url}/api/chat`, { protocol: "ai-sdk" }), { messages: CALLED });
    expect(exchange).toMatchObject({
      outcome: "complete",
      text: "It is é😀\n",
      responseId: "m-1",
      finishReason: "tool-calls",
      inputTokens: 5,
      outputTokens: 4,
      toolCalls: [{ id: "c-9", name: "look", arguments: '{"q":2}' }],
    });
    expect(told).toMatchObject([
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "text" }, { type: "file", mediaType: "image/png" }] },
      { role: "assistant", content: [{ type: "tool-call", toolCallId: "c-1", toolName: "look", input: { q: 1 } }] },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "c-1" }] },
      { role: "user" },
    ]);
  });

  test("tells an error inside its stream", async () => {
    const url = await serve((_request, response) => {
      const stream = createUIMessageStream({
        execute: ({ writer }) => {
          writer.write({ type: "text-start", id: "t" });
          writer.write({ type: "text-delta", id: "t", delta: "so far" });
          throw new Error("the model is gone");
        },
        onError: (error) => String(error),
      });
      void pipeUIMessageStreamToResponse({ response, stream });
    });
    expect(await ask(client(`${url}/api/chat`, { protocol: "ai-sdk" }))).toMatchObject({
      outcome: "stream-error",
      reason: "error: Error: the model is gone",
      text: "so far",
    });
  });

  test("streams bare text", async () => {
    const url = await serve((_request, response) => {
      const textStream = new ReadableStream<string>({
        start(controller) {
          for (const piece of ["Hel", "lo é", "😀"]) controller.enqueue(piece);
          controller.close();
        },
      });
      void pipeTextStreamToResponse({ response, textStream });
    });
    const exchange = await ask(client(url, { protocol: "ai-sdk-text" }));
    expect(exchange).toMatchObject({ outcome: "complete", text: "Hello é😀" });
    expect(exchange.events).toBeGreaterThan(0);
    expect(exchange.firstTokenAt).toBeGreaterThan(exchange.sentAt);
  });
});

test("AG-UI's own schema takes our run, and what its encoder writes is read to the end", async () => {
  const url = await serve((_request, response, body) => {
    const { threadId, runId, messages } = RunAgentInputSchema.parse(body);
    const encoder = new EventEncoder();
    response.setHeader("content-type", encoder.getContentType());
    const events = [
      { type: EventType.RUN_STARTED, threadId, runId },
      { type: EventType.REASONING_MESSAGE_CONTENT, messageId: "r", delta: "Hm." },
      { type: EventType.TEXT_MESSAGE_START, messageId: "m", role: "assistant" as const },
      ...["It ", "is", " é😀"].map((delta, i) => ({
        type: EventType.TEXT_MESSAGE_CONTENT,
        timestamp: i,
        messageId: "m",
        delta,
      })),
      { type: EventType.TEXT_MESSAGE_END, messageId: "m" },
      { type: EventType.TOOL_CALL_START, toolCallId: "c-9", toolCallName: "look" },
      { type: EventType.TOOL_CALL_ARGS, toolCallId: "c-9", delta: '{"q":2}' },
      { type: EventType.TOOL_CALL_END, toolCallId: "c-9" },
      { type: EventType.RUN_FINISHED, threadId, runId, usage: [{ inputTokens: messages.length, outputTokens: 4 }] },
    ];
    for (const event of events) response.write(encoder.encodeSSE(event));
    response.end();
  });
  const tools = [{ name: "look", description: "Looks", parameters: { type: "object" } }];
  expect(await ask(client(`${url}/agent`, { protocol: "ag-ui" }), { messages: CALLED, tools })).toMatchObject({
    outcome: "complete",
    text: "It is é😀",
    events: 6,
    inputTokens: 5,
    outputTokens: 4,
    toolCalls: [{ id: "c-9", name: "look", arguments: '{"q":2}' }],
  });
});

describe("the MCP SDK's own server", () => {
  /** A server over streamable HTTP with a session for each client that initializes; `json`: answers in JSON, not in events. */
  async function mcpServer(
    json: boolean,
  ): Promise<{ readonly url: string; readonly sessions: Map<string, StreamableHTTPServerTransport>; forget(): void }> {
    const sessions = new Map<string, StreamableHTTPServerTransport>();
    const url = await serve((request, response, body) => {
      void (async () => {
        const given = request.headers["mcp-session-id"];
        const known = typeof given === "string" ? sessions.get(given) : undefined;
        if (known !== undefined) {
          await known.handleRequest(request, response, body);
          return;
        }
        if (typeof given === "string") {
          response.writeHead(404).end();
          return;
        }
        const transport = new StreamableHTTPServerTransport({
          sessionIdGenerator: () => `session-${sessions.size}`,
          enableJsonResponse: json,
          onsessioninitialized: (id) => void sessions.set(id, transport),
        });
        const server = new McpServer({ name: "shelf", version: "1" });
        server.registerTool("search", { inputSchema: { query: z.string() } }, ({ query }) => ({
          content: [
            { type: "text", text: `found ${query}` },
            { type: "text", text: "é😀" },
          ],
        }));
        server.registerTool("broken", { inputSchema: {} }, () => {
          throw new Error("no shelf");
        });
        await server.connect(transport);
        await transport.handleRequest(request, response, body);
      })();
    });
    return { url, sessions, forget: () => sessions.clear() };
  }
  const SEARCH: Partial<Target> = {
    protocol: "mcp",
    request: { name: "search", arguments: { query: "{{turn.prompt}}" } },
  };

  test.each([
    ["events", false],
    ["JSON", true],
  ])("answers our call of a tool with %s, in a session that each of ours opens once", async (_name, json) => {
    const { url, sessions } = await mcpServer(json);
    const asked = client(`${url}/mcp`, SEARCH);
    expect(await ask(asked)).toMatchObject({ outcome: "complete", text: "found hi\né😀", status: 200 });
    expect(await ask(asked, { turn: 1, prompt: "more" })).toMatchObject({
      outcome: "complete",
      text: "found more\né😀",
    });
    expect(sessions.size).toBe(1);
    await ask(asked, { sessionId: "another" });
    expect(sessions.size).toBe(2);
    asked.endSession("another");
    await ask(asked, { sessionId: "another" });
    expect(sessions.size).toBe(3);
  });

  test("tells a tool that fails, a tool that it lacks, and a session that it has forgotten, which is then opened again", async () => {
    const { url, forget } = await mcpServer(false);
    const broken = await ask(client(`${url}/mcp`, { ...SEARCH, request: { name: "broken", arguments: {} } }));
    expect(broken).toMatchObject({ outcome: "stream-error", reason: "error: no shelf" });
    const lacking = await ask(client(`${url}/mcp`, { ...SEARCH, request: { name: "sing", arguments: {} } }));
    expect(lacking).toMatchObject({ outcome: "stream-error", reason: expect.stringContaining("sing") });
    const asked = client(`${url}/mcp`, SEARCH);
    await ask(asked);
    forget();
    expect(await ask(asked)).toMatchObject({ outcome: "rejected", reason: "http:404" });
    expect(await ask(asked)).toMatchObject({ outcome: "complete" });
  });

  test("that refuses to begin is told by the step that failed, and the user's wait counts from its beginning", async () => {
    const url = await serve((_request, response) => response.writeHead(503).end("full"));
    const exchange = await ask(client(`${url}/mcp`, SEARCH));
    expect(exchange).toMatchObject({ outcome: "failed", status: 503, reason: "initialize: http:503 full" });
    expect(exchange.endAt).toBeGreaterThan(exchange.startedAt);
  });
});
