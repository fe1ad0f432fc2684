import { afterEach, describe, expect, test } from "vitest";
import { ask, clientFor, turnOf, until } from "../../test/helpers/ask.ts";
import { closedPort } from "../../test/helpers/raw-server.ts";
import {
  type ServerSocket,
  type SocketBehaviour,
  type SocketServer,
  serverFrame,
  socketServer,
} from "../../test/helpers/socket-server.ts";
import type { Target } from "../plan/index.ts";
import { type Client, type Exchange, newExchange } from "./index.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serve(behaviour: SocketBehaviour): Promise<SocketServer> {
  const server = await socketServer(behaviour);
  open.push(server);
  return server;
}

function client(url: string, changes: Partial<Target> = {}): Client {
  const made = clientFor(url, {
    protocol: "websocket",
    request: { say: "{{turn.prompt}}" },
    events: { token: "$.delta", done: "$.done", usage: "$.usage" },
    ...changes,
  });
  open.unshift(made);
  return made;
}

const delta = (text: string): string => JSON.stringify({ delta: text });
const done = JSON.stringify({ done: "stop", usage: { prompt_tokens: 3, completion_tokens: 2 } });
const talk: SocketBehaviour = {
  message(socket) {
    for (const word of ["Hello", " there"]) socket.text(delta(word));
    socket.text(done);
  },
};

function cutOff(socket: ServerSocket): void {
  socket.text(delta("Hel"));
  socket.end();
}

/** One turn of a session that ends with it. */
async function once(asking: Client, sessionId: string): Promise<Exchange> {
  const ended = await new Promise<Exchange>(
    (resolve) => void asking.send(turnOf("hi", { sessionId }), newExchange(), resolve),
  );
  asking.endSession(sessionId);
  return ended;
}

describe("over a websocket", () => {
  test("a turn is a message, and its answer all messages up to the one that says so, with the server's own counts", async () => {
    const server = await serve(talk);
    const ended = await ask(client(server.url), 'say "hi"');
    expect(ended).toMatchObject({
      outcome: "complete",
      text: "Hello there",
      status: 101,
      events: 2,
      finishReason: "stop",
      inputTokens: 3,
      outputTokens: 2,
    });
    expect(server.sockets[0]?.messages).toEqual(['{"say":"say \\"hi\\""}']);
    const { startedAt, dialledAt, connectedAt, sentAt, firstByteAt, firstTokenAt, endAt } = ended;
    const times = [startedAt, dialledAt, connectedAt, sentAt, firstByteAt, firstTokenAt, endAt];
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
  });

  test("without a mark of the end the first message with content is the answer, whatever is sent before it", async () => {
    const server = await serve({
      open: (socket) => socket.text('{"hello":"welcome"}'),
      message: (socket, _, n) => socket.text(delta(`answer ${n}`)),
    });
    const asking = client(server.url, { events: { token: "$.delta" } });
    expect(await ask(asking)).toMatchObject({ outcome: "complete", text: "answer 0" });
    expect(await ask(asking)).toMatchObject({ outcome: "complete", text: "answer 1" });
  });

  test("a message can be the text itself", async () => {
    const server = await serve({ message: (socket, said) => socket.text(`you said ${said}`) });
    const asking = client(server.url, { request: "{{turn.prompt}}", events: { token: "$" } });
    expect(await ask(asking)).toMatchObject({ outcome: "complete", text: 'you said "hi"' });
  });

  test("a session keeps its connection to its end, and shares it with none", async () => {
    const server = await serve(talk);
    const asking = client(server.url);
    const turns = [turnOf("1", { sessionId: "a" }), turnOf("2", { sessionId: "b" }), turnOf("3", { sessionId: "a" })];
    for (const turn of turns) await new Promise<Exchange>((resolve) => void asking.send(turn, newExchange(), resolve));
    expect(server.sockets.map(({ messages }) => messages)).toEqual([['{"say":"1"}', '{"say":"3"}'], ['{"say":"2"}']]);
    expect(asking.openSockets).toBe(2);
    asking.endSession("a");
    await until(() => server.sockets[0]?.closeCode === 1000);
    expect(asking.openSockets).toBe(1);
  });

  test("a connection for each request is closed after it", async () => {
    const server = await serve(talk);
    const asking = client(server.url, { connections: { max: 10, keepAlive: false } });
    await ask(asking);
    await ask(asking);
    await until(() => server.sockets.every(({ closeCode }) => closeCode === 1000));
    expect(server.sockets.length).toBe(2);
  });

  test("at the cap a session that thinks gives way to one that asks", async () => {
    const server = await serve(talk);
    const asking = client(server.url, { connections: { max: 1, keepAlive: true } });
    const other = clientFor(
      server.url,
      { protocol: "websocket", request: {}, events: { token: "$.delta", done: "$.done" } },
      { maxSockets: 1 },
    );
    open.unshift(other);
    const first = await new Promise<Exchange>(
      (resolve) => void other.send(turnOf("1", { sessionId: "a" }), newExchange(), resolve),
    );
    const second = await once(other, "b");
    expect([first.outcome, second.outcome]).toEqual(["complete", "complete"]);
    expect(other.openSockets).toBe(0);
    expect(await ask(asking)).toMatchObject({ outcome: "complete" });
  });

  test("pings are answered, and are no progress of an answer", async () => {
    const server = await serve({
      message(socket) {
        socket.raw(serverFrame(9, Buffer.from("are you there")));
        setImmediate(() => socket.text(done));
      },
    });
    const ended = await ask(client(server.url, { events: { token: "$.delta", done: "$.done" } }));
    expect(ended).toMatchObject({ outcome: "empty" });
    await until(() => server.sockets[0]?.opcodes.includes(10) === true);
  });

  test.each([
    ["1008 before the answer", 1008, [], "rejected", "ws-close:1008 no"],
    ["1011 before the answer", 1011, [], "failed", "ws-close:1011 no"],
    ["4429 before the answer", 4429, [], "rejected", "ws-close:4429 no"],
    ["1000 before the answer", 1000, [], "refused", "ws-close:1000 no"],
    ["1001 inside the answer", 1001, ["Hel"], "severed", "ws-close:1001 no"],
    ["1011 inside the answer", 1011, ["Hel"], "stream-error", "ws-close:1011 no"],
  ])("a close with %s has its outcome", async (_, code, words, outcome, reason) => {
    const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from("no")]);
    const server = await serve({
      message(socket) {
        for (const word of words) socket.text(delta(word));
        socket.raw(serverFrame(8, payload));
      },
    });
    const ended = await ask(client(server.url));
    expect(ended).toMatchObject({ outcome, reason, text: words.join("") });
    await until(() => server.sockets[0]?.closeCode === code);
  });

  test("what closes or breaks without a word is told as it is over HTTP", async () => {
    const cut = await serve({ message: (socket) => cutOff(socket) });
    expect(await ask(client(cut.url))).toMatchObject({ outcome: "severed", reason: "closed-in-body" });
    expect(await ask(client(`http://127.0.0.1:${await closedPort()}/`))).toMatchObject({
      outcome: "refused",
      reason: "ECONNREFUSED",
    });
    const broken = await serve({ message: (socket) => socket.raw(Buffer.from([0xc1, 0])) });
    expect(await ask(client(broken.url))).toMatchObject({ outcome: "failed", reason: "ws:reserved-bits" });
    await until(() => broken.sockets[0]?.closeCode === 1002);
  });

  test("an error in a message ends the answer, and so does one that is not JSON where one was awaited", async () => {
    const server = await serve({
      message: (socket, _, n) => socket.text(n === 0 ? '{"error":{"message":"full"}}' : "{"),
    });
    const asking = client(server.url);
    expect(await ask(asking)).toMatchObject({ outcome: "stream-error", reason: "error: full" });
    const single = client(server.url, { events: { token: "$.delta" } });
    expect(await ask(single)).toMatchObject({ outcome: "stream-error" });
    expect(await ask(single)).toMatchObject({ outcome: "stream-error", reason: "malformed-event: 1" });
  });

  test("a handshake that the server refuses, or answers wrongly, is told with its reason", async () => {
    const refuse = await serve({
      handshake: () => 'HTTP/1.1 401 Unauthorized\r\ncontent-length: 17\r\n\r\n{"error":"token"}',
    });
    expect(await ask(client(refuse.url))).toMatchObject({ outcome: "rejected", status: 401, reason: "http:401 token" });
    const wrong = await serve({
      handshake: () =>
        "HTTP/1.1 101 OK\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n\r\n",
    });
    expect(await ask(client(wrong.url))).toMatchObject({ outcome: "failed", reason: "ws:accept" });
  });

  test("the plan's subprotocols and headers are in the handshake, and another than those is refused", async () => {
    const server = await serve({
      handshake: (_, accept) =>
        `HTTP/1.1 101 OK\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\nsec-websocket-protocol: b\r\n\r\n`,
      message: talk.message ?? (() => undefined),
    });
    const both = { websocket: { subprotocols: ["a", "b"], ping: 0 }, headers: { authorization: "Bearer k" } };
    expect(await ask(client(server.url, both))).toMatchObject({ outcome: "complete" });
    expect(server.sockets[0]?.request.headers).toMatchObject({
      "sec-websocket-protocol": "a, b",
      authorization: "Bearer k",
    });
    expect(await ask(client(server.url))).toMatchObject({ outcome: "failed", reason: "ws:subprotocol" });
  });

  test("a message of more than the plan's bound ends the answer, and the server is told", async () => {
    const server = await serve({ message: (socket) => socket.text(delta("x".repeat(2000))) });
    expect(await ask(client(server.url, { maxAnswerBytes: 1000 }))).toMatchObject({
      outcome: "stream-error",
      reason: "answer-too-large",
    });
    await until(() => server.sockets[0]?.closeCode === 1009);
  });

  test("a user who leaves closes the connection, so that the server sees it", async () => {
    const server = await serve({ message: (socket) => socket.text(delta("Hel")) });
    const asking = client(server.url);
    const ended = new Promise<Exchange>((resolve) => {
      const handle = asking.send(turnOf(), newExchange(), resolve);
      void until(() => server.sockets[0]?.messages.length === 1).then(() => handle.cancel("abandoned"));
    });
    expect(await ended).toMatchObject({ outcome: "abandoned" });
    await until(() => server.sockets[0]?.closeCode === 1000 && server.sockets[0].gone);
  });
});
