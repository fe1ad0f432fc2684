import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer as createHttps } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { event, openaiDelta, openaiFinish } from "../../test/helpers/answers.ts";
import { ask, clientFor, turnOf, until } from "../../test/helpers/ask.ts";
import { rawServer } from "../../test/helpers/raw-server.ts";
import { targetFor } from "../../test/helpers/target.ts";
import type { Target } from "../plan/index.ts";
import { type Client, type Exchange, newExchange, probeConnect } from "./index.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

interface Served {
  readonly port: number;
  readonly sessions: readonly Http2Session[];
  readonly streams: readonly ServerHttp2Stream[];
}

async function listen(
  server: Http2Server,
  answer: (stream: ServerHttp2Stream, number: number) => void,
): Promise<Served> {
  const sessions: Http2Session[] = [];
  const streams: ServerHttp2Stream[] = [];
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => session.destroy());
  });
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => stream.close());
    stream.resume();
    streams.push(stream);
    answer(stream, streams.length - 1);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  });
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, sessions, streams };
}

const serve = (answer: (stream: ServerHttp2Stream, number: number) => void): Promise<Served> =>
  listen(createServer(), answer);

function client(port: number, changes: Partial<Target> = {}): Client {
  const made = clientFor(`http://127.0.0.1:${port}`, { http: "2", ...changes });
  open.unshift(made);
  return made;
}

const SSE = { ":status": 200, "content-type": "text/event-stream" };

function answer(stream: ServerHttp2Stream): void {
  stream.respond(SSE);
  for (const word of ["Hello", " there"]) stream.write(event(openaiDelta(word)));
  stream.end(event(openaiFinish("stop")) + event("[DONE]"));
}

function send(asking: Client, sessionId: string): Promise<Exchange> {
  return new Promise((resolve) => void asking.send(turnOf("hi", { sessionId }), newExchange(), resolve));
}

describe("over HTTP/2", () => {
  test("an answer has the same text, times and finish as over HTTP/1.1", async () => {
    const server = await serve(answer);
    const asking = client(server.port, { headers: { "X-Tenant": "a", authorization: "Bearer k" } });
    const ended = await ask(asking);
    expect(ended).toMatchObject({
      outcome: "complete",
      text: "Hello there",
      status: 200,
      finishReason: "stop",
      events: 2,
    });
    const { startedAt, dialledAt, connectedAt, headersAt, firstTokenAt, endAt } = ended;
    const times = [startedAt, dialledAt, connectedAt, headersAt, firstTokenAt, endAt];
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
    expect(ended.sentAt).toBeGreaterThanOrEqual(connectedAt);
    expect(server.streams[0]?.sentHeaders).toMatchObject(SSE);
    const again = await ask(asking);
    expect([again.dialledAt, again.connectedAt]).toEqual([Number.NaN, Number.NaN]);
    expect(server.sessions.length).toBe(1);
  });

  test("a request arrives whole: its path, its fields without those of a connection, and its body", async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        const {
          ":path": path,
          ":method": method,
          ":authority": authority,
          host,
          connection,
          "x-tenant": tenant,
        } = request.headers;
        seen.push({
          path,
          method,
          authority,
          host,
          connection,
          tenant,
          body: JSON.parse(body).messages[0].content.length,
        });
        answer(response.stream);
      });
    });
    const { port } = await listen(server, () => undefined);
    const prompt = "é".repeat(200_000);
    expect(await ask(client(port, { headers: { "X-Tenant": "a" } }), prompt)).toMatchObject({ outcome: "complete" });
    const common = { path: "/v1/chat/completions", method: "POST", authority: `127.0.0.1:${port}`, tenant: "a" };
    expect(seen).toEqual([{ ...common, host: undefined, connection: undefined, body: prompt.length }]);
  });

  test("requests share connections as the plan says: so many streams each, so many connections, the rest wait", async () => {
    const held: ServerHttp2Stream[] = [];
    const server = await serve((stream) => void held.push(stream));
    const asking = clientFor(
      `http://127.0.0.1:${server.port}`,
      { http: "2", connections: { max: 2, keepAlive: true, streams: 3 } },
      { maxSockets: 2 },
    );
    open.unshift(asking);
    const all = Promise.all(Array.from({ length: 8 }, (_, i) => send(asking, `${i}`)));
    await until(() => held.length === 6);
    expect([server.sessions.length, asking.openSockets, asking.waiting, asking.inFlight]).toEqual([2, 2, 2, 8]);
    for (const stream of held.splice(0)) answer(stream);
    await until(() => held.length === 2);
    for (const stream of held) answer(stream);
    expect((await all).map(({ outcome }) => outcome)).toEqual(Array(8).fill("complete"));
    expect(server.sessions.length).toBe(2);
  });

  test("a session, or a request, has a connection of its own where the plan says so", async () => {
    const server = await serve(answer);
    const own = client(server.port, { connections: { max: 9, keepAlive: true, per: "session" } });
    for (const session of ["a", "b", "a"]) expect(await send(own, session)).toMatchObject({ outcome: "complete" });
    expect([server.sessions.length, own.openSockets]).toEqual([2, 2]);
    own.endSession("a");
    await until(() => server.sessions[0]?.closed === true);
    const each = client(server.port, { connections: { max: 9, keepAlive: false } });
    for (const session of ["a", "a"]) expect(await send(each, session)).toMatchObject({ outcome: "complete" });
    await until(() => server.sessions[2]?.closed === true && server.sessions[3]?.closed === true);
    expect(each.openSockets).toBe(0);
  });

  test("a user who leaves resets the stream, and no other on its connection", async () => {
    const held: ServerHttp2Stream[] = [];
    const server = await serve((stream) => {
      stream.respond(SSE);
      stream.write(event(openaiDelta("Hel")));
      held.push(stream);
    });
    const asking = client(server.port);
    const stays = send(asking, "stays");
    const leaves = new Promise<Exchange>((resolve) => {
      const handle = asking.send(turnOf(), newExchange(), resolve);
      void until(() => held.length === 2).then(() => handle.cancel("abandoned"));
    });
    expect(await leaves).toMatchObject({ outcome: "abandoned" });
    await until(() => held.some(({ rstCode }) => rstCode === constants.NGHTTP2_CANCEL));
    held.find(({ closed }) => !closed)?.end(event("[DONE]"));
    expect(await stays).toMatchObject({ outcome: "complete", text: "Hel" });
    expect(server.sessions.length).toBe(1);
  });

  test("a reset before the answer and inside it, and a connection that breaks, are told by their names", async () => {
    const server = await serve((stream, number) => {
      if (number === 0) {
        stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
        return;
      }
      stream.respond(SSE);
      stream.write(event(openaiDelta("Hel")), () => {
        if (number === 1) setImmediate(() => stream.destroy(new Error("planted")));
        else setImmediate(() => stream.session?.destroy());
      });
    });
    const asking = client(server.port);
    expect(await ask(asking)).toMatchObject({ outcome: "refused", reason: "h2:ENHANCE_YOUR_CALM" });
    expect(await ask(asking)).toMatchObject({ outcome: "severed", reason: "h2:INTERNAL_ERROR" });
    const broken = await ask(asking);
    expect(broken.outcome).toBe("severed");
    expect(broken.reason).toMatch(/^(closed-in-body|h2:|ECONN)/);
  });

  test("a stream that the server refused unseen is asked again, once", async () => {
    const server = await serve((stream, number) => {
      if (number === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else answer(stream);
    });
    const asking = client(server.port);
    expect(await ask(asking)).toMatchObject({ outcome: "complete" });
    expect(await ask(asking)).toMatchObject({ outcome: "complete", reconnects: 1 });
  });

  test("after GOAWAY what is open is answered, and what follows goes over a new connection", async () => {
    const held: ServerHttp2Stream[] = [];
    const server = await serve((stream, number) => {
      if (number > 0) {
        answer(stream);
        return;
      }
      held.push(stream);
      stream.session?.goaway(constants.NGHTTP2_NO_ERROR);
    });
    const asking = client(server.port);
    const first = send(asking, "a");
    await until(() => held.length === 1);
    // The frame has come once its ping's answer has.
    await new Promise((resolve) => held[0]?.session?.ping(resolve));
    expect(await send(asking, "b")).toMatchObject({ outcome: "complete" });
    for (const stream of held) answer(stream);
    expect(await first).toMatchObject({ outcome: "complete", text: "Hello there" });
    expect(server.sessions.length).toBe(2);
  });

  test("an answer larger than every window comes whole, and one beyond the plan's bound is cut and reset", async () => {
    const size = 17 * 1024 * 1024;
    const server = await serve((stream) => {
      stream.respond({ ":status": 200, "content-type": "application/json" });
      stream.end(`{"answer":"${"x".repeat(size)}"}`);
    });
    const json: Partial<Target> = { protocol: "http-json", request: {}, events: { token: "$.answer" } };
    const whole = await ask(client(server.port, { ...json, maxAnswerBytes: 2 * size }));
    expect(whole.outcome).toBe("complete");
    expect(whole.text.length).toBe(size);
    expect(await ask(client(server.port, { ...json, maxAnswerBytes: 1000 }))).toMatchObject({
      outcome: "stream-error",
      reason: "answer-too-large",
    });
    await until(() => server.streams[1]?.closed === true);
  });

  test("a server that does not speak it, though the plan says so, is refused with a reason", async () => {
    const server = await rawServer(() => [], [{ write: "HTTP/1.1 400 Bad Request\r\n\r\n" }]);
    open.push(server);
    const { outcome, reason } = await ask(client(server.port));
    expect(outcome).toBe("refused");
    expect(reason).toMatch(/h2:|closed/);
  });
});

function certificate(): { key: string; cert: string; ca: string; folder: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-h2-"));
  const ca = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  try {
    execFileSync("openssl", ["req", "-x509", ...curve, "-keyout", key, "-out", ca, "-days", "2", ...subject], {
      stdio: "ignore",
    });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(ca, "utf8"), ca, folder };
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const tls = certificate();
if (tls === undefined) console.warn("SKIPPED: no openssl command, so the tests of TLS do not run");

describe.skipIf(tls === undefined)("over TLS", () => {
  const { key = "", cert = "", ca = "", folder = "" } = tls ?? {};
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("HTTP/2 is spoken where the server chooses it, and HTTP/1.1 where it does not or the plan says so", async () => {
    const versions: string[] = [];
    const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
      versions.push(request.httpVersion);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(event(openaiDelta("Hello")) + event("[DONE]"));
    });
    const { port } = await listen(server, () => undefined);
    const url = `https://localhost:${port}`;
    const trusted: Partial<Target> = { tls: { verify: true, ca } };
    for (const http of [undefined, "1.1", "2"] as const) {
      const asking = clientFor(url, { ...trusted, ...(http === undefined ? {} : { http }) });
      open.unshift(asking);
      const all = await Promise.all([ask(asking), ask(asking), ask(asking)]);
      expect(all.map(({ outcome }) => outcome)).toEqual(Array(3).fill("complete"));
    }
    expect(versions).toEqual([...Array(3).fill("2.0"), ...Array(3).fill("1.1"), ...Array(3).fill("2.0")]);
    await expect(probeConnect(targetFor(url, trusted))).resolves.toBeUndefined();
  });

  test("a server of HTTP/2 alone is reached and one of HTTP/1.1 alone is asked in its own", async () => {
    const strict = await listen(createSecureServer({ key, cert }), answer);
    const trusted: Partial<Target> = { tls: { verify: true, ca } };
    await expect(probeConnect(targetFor(`https://localhost:${strict.port}`, trusted))).resolves.toBeUndefined();
    const old = createHttps({ key, cert }, (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(event(openaiDelta("Hello")) + event("[DONE]"));
    });
    old.listen(0, "127.0.0.1");
    await once(old, "listening");
    open.push({ close: () => old.close() }, { close: () => old.closeAllConnections() });
    const address = old.address();
    const url = `https://localhost:${typeof address === "object" && address !== null ? address.port : 0}`;
    const asking = clientFor(url, trusted);
    open.unshift(asking);
    const all = await Promise.all([ask(asking), ask(asking)]);
    expect(all.map(({ outcome, text }) => outcome + text)).toEqual(["completeHello", "completeHello"]);
    const asked = clientFor(url, { ...trusted, http: "2" });
    open.unshift(asked);
    expect(await ask(asked)).toMatchObject({ outcome: "refused" });
  });
});
