import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import {
  chunk,
  event,
  LAST_CHUNK,
  openaiAnswer,
  openaiDelta,
  openaiFinish,
  plain,
  SSE_HEAD,
} from "../../test/helpers/answers.ts";
import { ask, type ClientSetup, clientFor, SetClock, turnOf, until } from "../../test/helpers/ask.ts";
import { closedPort, type RawServer, rawServer, type Script, type Step } from "../../test/helpers/raw-server.ts";
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

const DONE_EVENT = chunk(event("[DONE]"));
const token = (text: string): string => chunk(event(openaiDelta(text)));
const GOOD = openaiAnswer(["Hello", " there"]);
const WIRE = GOOD.map((step) => (typeof step === "object" && "write" in step ? String(step.write) : "")).join("");

/** What an attempt told apart from when: times become true (told) or false. */
function untimed(exchange: Exchange): object {
  const {
    startedAt,
    dialledAt,
    connectedAt,
    sentAt,
    firstByteAt,
    headersAt,
    firstTokenAt,
    firstAnswerAt,
    lastTokenAt,
    endAt,
    stall: _,
    sharedEvents: __,
    ...rest
  } = exchange;
  return {
    ...rest,
    told: [
      startedAt,
      dialledAt,
      connectedAt,
      sentAt,
      firstByteAt,
      headersAt,
      firstTokenAt,
      firstAnswerAt,
      lastTokenAt,
      endAt,
    ].map((at) => !Number.isNaN(at)),
  };
}

describe("an attempt", () => {
  test("tells its times in order, its bytes, and the whole of what the server said", async () => {
    const server = await serve(() => GOOD);
    const exchange = await ask(client(server.url));
    expect(exchange).toMatchObject({
      outcome: "complete",
      reason: undefined,
      status: 200,
      text: "Hello there",
      finishReason: "stop",
      events: 2,
      inputTokens: 3,
      outputTokens: 2,
      bytesIn: WIRE.length,
      reconnects: 0,
    });
    expect(exchange.bytesOut).toBe(server.requests[0]?.length);
    const { startedAt, connectedAt, sentAt, firstByteAt, headersAt, firstTokenAt, firstAnswerAt, lastTokenAt, endAt } =
      exchange;
    const times = [
      startedAt,
      connectedAt,
      sentAt,
      firstByteAt,
      headersAt,
      firstTokenAt,
      firstAnswerAt,
      lastTokenAt,
      endAt,
    ];
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("is the same to the last byte wherever the network cuts the response", async () => {
    const server = await serve((_request, number) => [
      { write: WIRE.slice(0, number) },
      { wait: 1 },
      { write: WIRE.slice(number) },
    ]);
    const asking = client(server.url, { connections: { max: 1, keepAlive: false } });
    let first: object | undefined;
    for (let at = 0; at <= WIRE.length; at++) {
      const exchange = await ask(asking);
      // What comes after [DONE] belongs to nobody's answer.
      expect(exchange.bytesIn).toBeGreaterThanOrEqual(WIRE.length - LAST_CHUNK.length - 2);
      const told = { ...untimed(exchange), bytesIn: WIRE.length, told: undefined };
      first ??= told;
      expect(told).toEqual(first);
    }
  });

  test("has an outcome whichever byte the server closes after, and what it has read by then", async () => {
    const server = await serve((_request, number) => [{ write: WIRE.slice(0, number) }, "end"]);
    const asking = client(server.url);
    const finish = WIRE.indexOf('"stop"');
    for (let at = 0; at < WIRE.length; at++) {
      const { outcome, reason, text } = await ask(asking);
      if (at === 0) expect([outcome, reason]).toEqual(["refused", "closed-before-answer"]);
      else if (at < SSE_HEAD.length) expect([outcome, reason]).toEqual(["severed", "closed-in-head"]);
      else if (at < finish) expect([outcome, reason]).toEqual(["severed", "closed-in-body"]);
      else expect(outcome === "severed" || outcome === "complete").toBe(true);
      expect("Hello there".startsWith(text)).toBe(true);
    }
  });

  test("has an outcome whichever byte the server resets after, and the next attempt is unharmed", async () => {
    const server = await serve((_request, number) =>
      number % 2 === 0 ? [{ write: WIRE.slice(0, number / 2) }, "reset"] : GOOD,
    );
    const asking = client(server.url);
    for (let at = 0; at < WIRE.length; at += 3) {
      const broken = await ask(asking);
      expect(["refused", "severed", "complete"]).toContain(broken.outcome);
      if (broken.outcome === "refused") expect(broken.reason).toBe("ECONNRESET");
      expect((await ask(asking)).outcome).toBe("complete");
    }
  });

  const CASES: readonly {
    readonly name: string;
    readonly steps: readonly Step[];
    readonly outcome: string;
    readonly reason?: string;
    readonly changes?: Partial<Target>;
  }[] = [
    {
      name: "429 with a message",
      steps: plain("429 Slow", '{"error":{"message":"rate limited","code":1}}'),
      outcome: "rejected",
      reason: "http:429 rate limited",
    },
    {
      name: "400 as HTML",
      steps: plain("400 Bad", "<html><head><title>Bad Request</title>", { "content-type": "text/html" }),
      outcome: "rejected",
      reason: "http:400 Bad Request",
    },
    {
      name: "422 of a validator",
      steps: plain("422 No", '{"detail":[{"loc":["body"],"msg":"field required"}]}'),
      outcome: "rejected",
      reason: "http:422 field required",
    },
    { name: "503 without a body", steps: plain("503 Busy", ""), outcome: "failed", reason: "http:503" },
    {
      name: "a redirect",
      steps: plain("302 Found", "", { location: "http://elsewhere/" }),
      outcome: "failed",
      reason: "http:302 to http://elsewhere/",
    },
    {
      name: "bytes that are not HTTP",
      steps: [{ write: "SSH-2.0-OpenSSH\r\n" }],
      outcome: "failed",
      reason: "not-http",
    },
    {
      name: "endless headers",
      steps: [{ write: "HTTP/1.1 200 OK\r\n" }, { flood: `x-a: ${"a".repeat(1000)}\r\n` }],
      outcome: "failed",
      reason: "head-too-large",
    },
    {
      name: "a bad chunk",
      steps: [{ write: SSE_HEAD + token("a") + "zz\r\n" }],
      outcome: "stream-error",
      reason: "bad-chunk",
    },
    {
      name: "an event without end",
      steps: [{ write: `${SSE_HEAD}ffffffff\r\ndata: ` }, { flood: "a".repeat(60_000) }],
      outcome: "stream-error",
      reason: "event-too-large",
    },
    {
      name: "more than the largest answer",
      steps: [{ write: SSE_HEAD }, { flood: token("a") }],
      outcome: "stream-error",
      reason: "answer-too-large",
      changes: { maxAnswerBytes: 50_000 },
    },
    {
      name: "a stream that ends without finish",
      steps: [{ write: SSE_HEAD + token("a") + LAST_CHUNK }],
      outcome: "severed",
      reason: "no-finish",
    },
    {
      name: "headers and a close",
      steps: [{ write: "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" }, "end"],
      outcome: "empty",
      reason: "no-content",
    },
    {
      name: "a length that is too long",
      steps: [
        {
          write:
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9000\r\n\r\n" +
            event(openaiDelta("a")),
        },
        "end",
      ],
      outcome: "severed",
      reason: "closed-in-body",
    },
    {
      name: "an answer until the close",
      steps: [
        {
          write:
            "HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" +
            event(openaiDelta("a")) +
            event(openaiFinish("length")),
        },
        "end",
      ],
      outcome: "capped",
      reason: "finish:length",
    },
    {
      name: "a finish and then a broken connection",
      steps: [{ write: SSE_HEAD + token("a") + chunk(event(openaiFinish("stop"))) }, "end"],
      outcome: "complete",
    },
    {
      name: "interim answers",
      steps: [{ write: "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" }, ...GOOD],
      outcome: "complete",
    },
  ];

  test.each(CASES)("that meets $name ends as $outcome", async ({ steps, outcome, reason, changes }) => {
    const server = await serve(() => steps);
    expect(await ask(client(server.url, changes))).toMatchObject({ outcome, reason });
  });

  test("with nobody there is refused, and says so", async () => {
    expect(await ask(client(`http://127.0.0.1:${await closedPort()}`))).toMatchObject({
      outcome: "refused",
      reason: "ECONNREFUSED",
      status: -1,
      connectedAt: Number.NaN,
    });
  });

  test("with a name that nobody knows is refused by the resolver", async () => {
    const exchange = await ask(client("http://no-such-host.invalid"));
    expect(exchange.outcome).toBe("refused");
    expect(exchange.reason).toMatch(/^dns:E/);
  });

  test("keeps what the server's rate limit leaves: of several limits on one thing the least, NaN where none is told", async () => {
    const heads = [
      { "x-ratelimit-remaining-requests": "59", "X-RateLimit-Remaining-Tokens": "149984" },
      {
        "anthropic-ratelimit-requests-remaining": "4",
        "anthropic-ratelimit-input-tokens-remaining": "800",
        "anthropic-ratelimit-tokens-remaining": "900",
      },
      { "x-ratelimit-remaining-tokens": "many" },
    ];
    const server = await serve((_request, number) => plain("429 Slow", "", { ...heads[number] }));
    const asking = client(server.url);
    const left = [];
    for (const _ of heads) {
      const { remainingRequests, remainingTokens } = await ask(asking);
      left.push([remainingRequests, remainingTokens]);
    }
    expect(left).toEqual([
      [59, 149_984],
      [4, 800],
      [Number.NaN, Number.NaN],
    ]);
  });

  test("keeps Retry-After as seconds, also of a date, and the replica's name", async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const server = await serve((_request, number) =>
      plain("429 Slow", "", { "retry-after": number === 0 ? "7" : date, "x-replica": "pod-3" }),
    );
    const asking = client(server.url);
    expect(await ask(asking)).toMatchObject({ retryAfter: 7, replica: "pod-3" });
    const { retryAfter } = await ask(asking);
    expect(retryAfter).toBeGreaterThan(30);
    expect(retryAfter).toBeLessThanOrEqual(60);
  });

  test("shows no secret and no control character in its reason, and no more than 200 characters", async () => {
    const message = `key sk-secret-1 is bad\n\u001b[31m${"x".repeat(500)}`;
    const server = await serve(() => plain("401 No", JSON.stringify({ error: { message } })));
    const { reason = "" } = await ask(client(server.url, {}, { secret: "sk-secret-1" }));
    expect(reason).toMatch(/^http:401 key \*\*\* is bad \[31mxx/);
    expect(reason).toHaveLength(200);
  });

  test("ends once, and never before send has returned, for whatever way it ends", async () => {
    const server = await serve((_request, number) => (number === 0 ? GOOD : ["hang"]));
    const asking = client(server.url);
    const calls: string[] = [];
    const start = (name: string): ReturnType<Client["send"]> => {
      const handle = asking.send(turnOf(name), newExchange(), ({ outcome }) => calls.push(`${name}:${outcome}`));
      expect(calls.some((call) => call.startsWith(`${name}:`))).toBe(false);
      return handle;
    };
    const first = start("answered");
    await until(() => calls.length === 1);
    first.cancel("cancelled");
    const second = start("cancelled");
    second.cancel("cancelled");
    second.cancel("abandoned");
    const third = start("abandoned");
    await until(() => server.requests.length === 2);
    third.cancel("abandoned");
    start("closed");
    asking.close();
    expect(calls).toEqual(["answered:complete", "cancelled:cancelled", "abandoned:abandoned", "closed:cancelled"]);
    expect([asking.inFlight, asking.openSockets, asking.waiting]).toEqual([0, 0, 0]);
  });

  test("that fails inside the caller's own code lets that error out", async () => {
    const server = await serve(() => GOOD);
    const asking = client(server.url);
    const caught = new Promise<unknown>((resolve) => {
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const other of others) process.on("uncaughtException", other);
        resolve(error);
      });
    });
    asking.send(turnOf(), newExchange(), () => {
      throw new Error("ours");
    });
    expect(await caught).toMatchObject({ message: "ours" });
  });
});

describe("an answer in one body", () => {
  const changes: Partial<Target> = {
    protocol: "http-json",
    request: { q: "{{turn.prompt}}" },
    events: { token: "$.answer" },
  };

  test("has its first byte and no first token", async () => {
    const server = await serve(() => plain("200 OK", '{"answer":"yes"}'));
    const exchange = await ask(client(server.url, changes), "well?");
    expect(exchange).toMatchObject({ outcome: "complete", text: "yes", firstTokenAt: Number.NaN });
    expect(exchange.firstByteAt).toBeGreaterThan(exchange.startedAt);
    expect(server.requests[0]).toContain('\r\n\r\n{"q":"well?"}');
  });

  test("longer than one read is put together", async () => {
    const answer = "é".repeat(200_000);
    const server = await serve(() => plain("200 OK", JSON.stringify({ answer })));
    expect((await ask(client(server.url, changes))).text).toBe(answer);
  });
});

describe("the answer's end", () => {
  test("is [DONE], though the body goes on; the connection serves again once the rest has come", async () => {
    const server = await serve((_request, number) => [
      ...GOOD.slice(0, -1),
      ...(number === 0 ? [{ wait: 5 }] : []),
      { write: LAST_CHUNK },
    ]);
    const asking = client(server.url, {}, { maxSockets: 1 });
    expect((await ask(asking)).outcome).toBe("complete");
    expect((await ask(asking)).outcome).toBe("complete");
    expect(server.connections()).toBe(1);
  });

  test("is the event that the plan calls done; its usage has half a second to follow", async () => {
    const written = {
      protocol: "http-sse",
      request: {},
      events: { token: "$.t", done: "$.done", usage: "$.usage" },
    } satisfies Partial<Target>;
    const server = await serve(() => [
      { write: SSE_HEAD + chunk(event({ t: "a" })) + chunk(event({ done: true })) },
      "hang",
    ]);
    const clock = new SetClock();
    const asking = client(server.url, written, { clock });
    const exchange = newExchange();
    let ends = 0;
    asking.send(turnOf(), exchange, () => ends++);
    await until(() => exchange.events === 1);
    for (const at of [499, 500]) {
      clock.at = at;
      asking.sweep(at);
      expect(ends).toBe(at < 500 ? 0 : 1);
    }
    expect(exchange).toMatchObject({ outcome: "complete", endAt: 0, outputTokens: -1 });
  });

  test("is [DONE], and a body that then never ends costs its connection", async () => {
    const server = await serve(() => [{ write: SSE_HEAD + token("a") + DONE_EVENT }]);
    const asking = client(server.url);
    expect((await ask(asking)).outcome).toBe("complete");
    expect(asking.openSockets).toBe(1);
    asking.sweep(performance.now() + 100);
    expect(asking.openSockets).toBe(1);
    asking.sweep(performance.now() + 300);
    expect(asking.openSockets).toBe(0);
  });
});

test("whatever bytes a target sends, cut and broken off wherever, each attempt ends by its deadlines, and the next good one succeeds", async () => {
  const parts = [
    SSE_HEAD,
    token("a"),
    DONE_EVENT,
    LAST_CHUNK,
    "HTTP/1.1 200 OK\r\n",
    "content-length: 5\r\n",
    "content-encoding: gzip\r\n",
    "\r\n",
    "data: {",
    "5\r\nhello\r\n",
    "HTTP/1.1 500 No\r\n\r\n",
  ];
  const piece = fc.oneof(
    fc.constantFrom(...parts).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  );
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: piece.map((write): Step => ({ write })) },
    { weight: 1, arbitrary: fc.constantFrom<Step>("end", "reset", { wait: 1 }) },
  );
  let steps: readonly Step[] = [];
  const server = await serve(() => steps);
  const clock = new SetClock();
  const asking = client(server.url, {}, { clock, maxSockets: 2 });
  // What a broken answer leaves on its connection may come with the next one: the good ones go over their own.
  const other = client(server.url, { connections: { max: 1, keepAlive: false } });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (script) => {
      steps = script;
      let ends = 0;
      const exchange = newExchange();
      asking.send(turnOf(), exchange, () => ends++);
      const asked = server.requests.length;
      await until(() => ends > 0 || server.requests.length > asked);
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
      clock.at += 10_000_000;
      asking.sweep(clock.at);
      expect(ends).toBe(1);
      expect(exchange.outcome).toBeDefined();
      expect(asking.inFlight).toBe(0);
      steps = GOOD;
      expect(await ask(other)).toMatchObject({ outcome: "complete", text: "Hello there" });
    }),
    { numRuns: 120 },
  );
});
