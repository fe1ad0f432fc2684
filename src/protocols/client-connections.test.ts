import { afterEach, describe, expect, test } from "vitest";
import { chunk, event, LAST_CHUNK, openaiAnswer, openaiDelta, plain, SSE_HEAD } from "../../test/helpers/answers.ts";
import { ask, type ClientSetup, clientFor, SetClock, turnOf, until } from "../../test/helpers/ask.ts";
import { type RawServer, rawServer, type Script, type Step } from "../../test/helpers/raw-server.ts";
import type { Target } from "../plan/index.ts";
import { type Client, type Exchange, newExchange } from "./index.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serve(script: Script, atConnect?: readonly Step[]): Promise<RawServer> {
  const server = await rawServer(script, atConnect);
  open.unshift(server);
  return server;
}

function client(url: string, changes: Partial<Target> = {}, setup: ClientSetup = {}): Client {
  const made = clientFor(url, changes, setup);
  open.unshift(made);
  return made;
}

const GOOD = openaiAnswer(["Hello"]);
const JSON_TARGET: Partial<Target> = { protocol: "http-json", method: "GET", events: { token: "$.a" } };
const json = (headers: Record<string, string> = {}): readonly Step[] => plain("200 OK", '{"a":"b"}', headers);

describe("connections", () => {
  test("are used again, and only a new one tells when it connected", async () => {
    const server = await serve(() => GOOD);
    const asking = client(server.url);
    expect((await ask(asking)).connectedAt).toBeGreaterThan(0);
    expect((await ask(asking)).connectedAt).toBeNaN();
    expect([server.connections(), asking.openSockets]).toEqual([1, 1]);
  });

  test.each([
    ["the server says close", json({ connection: "close" }), {}],
    ["the server speaks HTTP/1.0", [{ write: 'HTTP/1.0 200 OK\r\ncontent-length: 9\r\n\r\n{"a":"b"}' }], {}],
    [
      "more bytes come than the length says",
      [{ write: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a":"b"}junk' }],
      {},
    ],
    [
      "both framings are given",
      [
        {
          write: `HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n${chunk('{"a":"b"}')}${LAST_CHUNK}`,
        },
      ],
      {},
    ],
    ["the plan wants none kept", json(), { connections: { max: 9, keepAlive: false } }],
  ] satisfies [string, readonly Step[], Partial<Target>][])(
    "are not used again where %s",
    async (_name, steps, changes) => {
      const server = await serve(() => steps);
      const asking = client(server.url, { ...JSON_TARGET, ...changes });
      expect(await ask(asking)).toMatchObject({ outcome: "complete", text: "b" });
      expect(await ask(asking)).toMatchObject({ outcome: "complete", reconnects: 0 });
      expect([server.connections(), asking.openSockets]).toEqual([2, 0]);
    },
  );

  test("of HTTP/1.0 are used again where the server says keep-alive", async () => {
    const server = await serve(() => [
      { write: 'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 9\r\n\r\n{"a":"b"}' },
    ]);
    const asking = client(server.url, JSON_TARGET);
    await ask(asking);
    await ask(asking);
    expect(server.connections()).toBe(1);
  });

  test.each([
    ["Keep-Alive: timeout=30", json({ "keep-alive": "timeout=30" }), 28_000, 29_500],
    ["Keep-Alive: timeout=1", json({ "keep-alive": "max=9, timeout=1" }), 400, 600],
    ["nothing", json(), 3900, 4100],
  ])("rest no longer than a server allows that says %s", async (_name, steps, within, beyond) => {
    const server = await serve(() => steps);
    const clock = new SetClock();
    const asking = client(server.url, JSON_TARGET, { clock });
    await ask(asking);
    clock.at += within;
    asking.sweep(clock.at);
    await ask(asking);
    expect(server.connections()).toBe(1);
    clock.at += beyond;
    await ask(asking);
    expect(server.connections()).toBe(2);
    clock.at += beyond;
    asking.sweep(clock.at);
    expect(asking.openSockets).toBe(0);
  });

  test("that the server closes at rest are dropped unnoticed", async () => {
    const server = await serve(() => [...json(), "end"]);
    const asking = client(server.url, JSON_TARGET);
    await ask(asking);
    await until(() => asking.openSockets === 0);
    expect(await ask(asking)).toMatchObject({ outcome: "complete", reconnects: 0 });
  });

  test("that speak unasked are dropped", async () => {
    const server = await serve(() => [...json(), { wait: 1 }, { write: "HTTP/1.1 408 Too Late\r\n\r\n" }]);
    const asking = client(server.url, JSON_TARGET);
    await ask(asking);
    await until(() => asking.openSockets === 0);
    expect(server.connections()).toBe(1);
  });

  test("are never more than the cap; beyond it requests wait, first come, first served, and the wait counts", async () => {
    const server = await serve((request) => (request.includes('"0"') ? [{ wait: 20 }, ...GOOD] : GOOD));
    const asking = client(server.url, {}, { maxSockets: 2 });
    const ended: string[] = [];
    const exchanges = Array.from({ length: 7 }, () => newExchange());
    exchanges.forEach((exchange, i) => void asking.send(turnOf(String(i)), exchange, () => ended.push(String(i))));
    expect([asking.inFlight, asking.openSockets, asking.waiting]).toEqual([7, 2, 5]);
    await until(() => ended.length === 7);
    expect(server.connections()).toBe(2);
    expect(server.requests.map((request) => /"content":"(\d)"/.exec(request)?.[1]).slice(2)).toEqual([
      "2",
      "3",
      "4",
      "5",
      "6",
    ]);
    const [, , third] = exchanges;
    expect(third?.sentAt).toBeGreaterThan(exchanges[1]?.endAt ?? 0);
    expect(third?.startedAt).toBeLessThan(exchanges[1]?.firstByteAt ?? 0);
    expect([asking.inFlight, asking.waiting]).toEqual([0, 0]);
  });

  test("take a prompt larger than the kernel's buffers whole, and only then call it sent", async () => {
    const server = await serve(() => GOOD);
    const asking = client(server.url);
    const exchange = newExchange();
    const prompt = "é".repeat(4_000_000);
    let ends = 0;
    asking.send(turnOf(prompt), exchange, () => ends++);
    await until(() => !Number.isNaN(exchange.connectedAt));
    expect(exchange.sentAt).toBeNaN();
    await until(() => ends === 1);
    expect(exchange).toMatchObject({ outcome: "complete", bytesOut: Buffer.byteLength(server.requests[0] ?? "") });
    expect(exchange.sentAt).toBeGreaterThan(exchange.connectedAt);
    expect(exchange.sentAt).toBeLessThanOrEqual(exchange.firstByteAt);
  });

  test("that fail make room for those who wait", async () => {
    const server = await serve((_request, number) => (number % 2 === 0 ? ["reset"] : GOOD));
    const asking = client(server.url, {}, { maxSockets: 1 });
    const all = await Promise.all(Array.from({ length: 6 }, () => ask(asking)));
    expect(all.map(({ outcome }) => String(outcome)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      ...Array(3).fill("complete"),
      ...Array(3).fill("refused"),
    ]);
  });

  test("are not waited for by a request that was cancelled while it waited", async () => {
    const server = await serve(() => GOOD);
    const asking = client(server.url, {}, { maxSockets: 1 });
    const first = ask(asking);
    const cancelled = newExchange();
    asking.send(turnOf("gone"), cancelled, () => undefined).cancel("cancelled");
    expect(asking.waiting).toBe(0);
    expect((await first).outcome).toBe("complete");
    expect((await ask(asking)).outcome).toBe("complete");
    expect(cancelled).toMatchObject({ outcome: "cancelled", sentAt: Number.NaN });
    expect(server.requests).toHaveLength(2);
  });
});

describe("a pooled connection that the server closes before a byte of the answer", () => {
  /** The second request on a connection is read and answered with a close. */
  const closing: Script = (_request, _number, onConnection) =>
    onConnection === 0
      ? [
          {
            write:
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n" +
              chunk(event(openaiDelta("a"))) +
              chunk(event("[DONE]")) +
              LAST_CHUNK,
          },
        ]
      : ["end"];
  const closingJson: Script = (_request, _number, onConnection) => (onConnection === 0 ? json() : ["reset"]);

  test("is not asked again where that could repeat what the request does", async () => {
    const server = await serve(closing);
    const asking = client(server.url);
    await ask(asking);
    expect(await ask(asking)).toMatchObject({ outcome: "refused", reason: "stale-connection", reconnects: 0 });
  });

  test.each([
    ["the plan says that it may be repeated", closing, { repeatable: true }],
    ["it is a GET", closingJson, JSON_TARGET],
  ] satisfies [string, Script, Partial<Target>][])(
    "is replaced at once where %s, and counted",
    async (_name, script, changes) => {
      const server = await serve(script);
      const asking = client(server.url, changes);
      const first = await ask(asking);
      const second = await ask(asking);
      expect(second).toMatchObject({ outcome: "complete", reconnects: 1, bytesOut: first.bytesOut * 2 });
      expect(second.connectedAt).toBeGreaterThan(second.startedAt);
      expect([server.requests.length, server.connections()]).toEqual([3, 2]);
    },
  );

  test("is not asked again where the server had the request for long: that is its failure, and is told as one", async () => {
    const clock = new SetClock();
    let slow = false;
    const server = await serve(() => {
      if (slow) clock.at += 5000;
      return slow ? ["end"] : json();
    });
    const asking = client(server.url, JSON_TARGET, { clock });
    await ask(asking);
    slow = true;
    expect(await ask(asking)).toMatchObject({ outcome: "refused", reason: "closed-before-answer", reconnects: 0 });
  });

  test("is replaced once and no more", async () => {
    const server = await serve((_request, number) => (number === 0 ? json() : ["end"]));
    const asking = client(server.url, JSON_TARGET);
    await ask(asking);
    expect(await ask(asking)).toMatchObject({ outcome: "refused", reason: "closed-before-answer", reconnects: 1 });
    expect(server.requests).toHaveLength(3);
  });
});

describe("deadlines", () => {
  const setup = async (
    steps: readonly Step[],
    timeouts: Partial<Target["timeouts"]>,
    changes: Partial<Target> = {},
  ) => {
    const server = await serve(() => steps);
    const clock = new SetClock();
    const never = Number.POSITIVE_INFINITY;
    const asking = client(
      server.url,
      { timeouts: { connect: never, firstToken: never, idle: never, total: never, ...timeouts }, ...changes },
      { clock },
    );
    let ended: Exchange | undefined;
    const exchange = newExchange();
    const start = (): void => void asking.send(turnOf(), exchange, (done) => (ended = done));
    const sweepTo = (at: number): Exchange | undefined => {
      clock.at = at;
      asking.sweep(at);
      return ended;
    };
    return { server, clock, asking, exchange, start, sweepTo };
  };
  const OPEN_STREAM: readonly Step[] = [{ write: SSE_HEAD + chunk(event(openaiDelta("a"))) }, "hang"];

  test("end a wait for the first token, and the server sees the connection go", async () => {
    const { server, asking, exchange, start, sweepTo } = await setup([{ write: SSE_HEAD }, "hang"], {
      firstToken: 1000,
    });
    start();
    await until(() => exchange.status === 200);
    expect(sweepTo(999)).toBeUndefined();
    expect(sweepTo(1000)).toMatchObject({ outcome: "timeout", reason: "timeout:first-token", endAt: 1000 });
    expect(asking.openSockets).toBe(0);
    await server.close();
  });

  test("let a token come first, and then end the silence after it as a stall", async () => {
    const { exchange, start, sweepTo } = await setup(OPEN_STREAM, { firstToken: 1000, idle: 5000 });
    start();
    await until(() => exchange.events === 1);
    expect(sweepTo(4999)).toBeUndefined();
    expect(sweepTo(5500)).toMatchObject({
      outcome: "stalled",
      reason: "timeout:idle",
      stall: 5500,
      stallCount: 1,
      text: "a",
    });
  });

  test("end an answer that takes too long in all", async () => {
    const { exchange, start, sweepTo } = await setup(OPEN_STREAM, { total: 9000, idle: 20_000 });
    start();
    await until(() => exchange.events === 1);
    expect(sweepTo(9000)).toMatchObject({ outcome: "timeout", reason: "timeout:total" });
  });

  test("end the user's patience before the first token, and not after it", async () => {
    const slow = await setup(["hang"], {});
    slow.exchange.patience = 700;
    slow.start();
    await until(() => slow.server.requests.length === 1);
    expect(slow.sweepTo(699)).toBeUndefined();
    expect(slow.sweepTo(700)).toMatchObject({ outcome: "abandoned", reason: "patience" });
    const quick = await setup(OPEN_STREAM, {});
    quick.exchange.patience = 700;
    quick.start();
    await until(() => quick.exchange.events === 1);
    expect(quick.sweepTo(70_000)).toBeUndefined();
  });

  test("end the wait for the first byte of an answer that is not streamed", async () => {
    const { server, start, sweepTo } = await setup(["hang"], { firstToken: 1000 }, JSON_TARGET);
    start();
    await until(() => server.requests.length === 1);
    expect(sweepTo(1000)).toMatchObject({ outcome: "timeout", reason: "timeout:first-token" });
  });

  test("tell which one passed first where a late sweep finds several", async () => {
    const { server, start, sweepTo } = await setup(["hang"], { firstToken: 3000, total: 2000, idle: 1000 });
    start();
    await until(() => server.requests.length === 1);
    expect(sweepTo(60_000)).toMatchObject({ reason: "timeout:total" });
  });

  test("end a connection that does not open, and a request that never got one", async () => {
    // A server that accepts and then says nothing never finishes a TLS handshake.
    const server = await serve(() => []);
    const clock = new SetClock();
    const asking = client(
      server.url.replace("http:", "https:"),
      { timeouts: { connect: 500, firstToken: 1000, idle: 9e9, total: 9e9 } },
      { clock, maxSockets: 1 },
    );
    const ended: Exchange[] = [];
    asking.send(turnOf(), newExchange(), (exchange) => ended.push(exchange));
    await until(() => server.connections() === 1);
    clock.at = 100;
    asking.send(turnOf(), newExchange(), (exchange) => ended.push(exchange));
    clock.at = 500;
    asking.sweep(500);
    expect(ended).toMatchObject([{ outcome: "timeout", reason: "timeout:connect", connectedAt: Number.NaN }]);
    await until(() => server.connections() === 2);
    clock.at = 1000;
    asking.sweep(1000);
    expect(ended[1]).toMatchObject({ outcome: "timeout", reason: "timeout:connect", startedAt: 100 });
  });
});
