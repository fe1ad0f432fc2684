import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { chunk, event, LAST_CHUNK, openaiDelta, openaiFinish } from "../../test/helpers/answers.ts";
import { ask, clientFor, turnOf, until } from "../../test/helpers/ask.ts";
import { type RawServer, rawServer, type Step } from "../../test/helpers/raw-server.ts";
import type { Target } from "../plan/index.ts";
import { type Client, newExchange } from "./index.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function asking(
  steps: readonly Step[],
  changes: Partial<Target> = {},
): Promise<{ readonly client: Client; readonly server: RawServer }> {
  const server = await rawServer(() => steps);
  const client = clientFor(server.url, changes);
  open.unshift(client, server);
  return { client, server };
}

const stream = event(openaiDelta("Hél")) + event(openaiDelta("lo")) + event(openaiFinish("stop")) + event("[DONE]");
const binary = (bytes: Uint8Array): Step[] => [
  { write: `${bytes.length.toString(16)}\r\n` },
  { write: bytes },
  { write: "\r\n" },
];
const head = (coding: string): Step => ({
  write: `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: ${coding}\r\ntransfer-encoding: chunked\r\n\r\n`,
});

describe("a compressed answer", () => {
  test.each([
    ["gzip", gzipSync(stream)],
    ["x-gzip", gzipSync(stream)],
    ["GZIP", gzipSync(stream)],
    ["deflate", deflateSync(stream)],
    ["deflate", deflateRawSync(stream)],
    ["br", brotliCompressSync(stream)],
  ])("in %s is read like a plain one, and its connection serves again", async (coding, bytes) => {
    const half = bytes.length >> 1;
    const { client, server } = await asking([
      head(coding),
      ...binary(bytes.subarray(0, half)),
      ...binary(bytes.subarray(half)),
      { write: LAST_CHUNK },
    ]);
    for (let i = 0; i < 2; i++) {
      expect(await ask(client)).toMatchObject({ outcome: "complete", text: "Héllo", events: 2, finishReason: "stop" });
      await until(() => client.openSockets === 1);
    }
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  test("of many small flushed events keeps every event, at the read that brought it", async () => {
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    const pieces: Buffer[] = [];
    gzip.on("data", (bytes: Buffer) => pieces.push(bytes));
    for (let i = 0; i < 50; i++)
      await new Promise<void>((resolve) => void gzip.write(event(openaiDelta(`${i} `)), () => resolve()));
    await new Promise<void>((resolve) => gzip.end(event(openaiFinish("stop")) + event("[DONE]"), resolve));
    await until(() => gzip.readableEnded);
    const { client } = await asking([
      head("gzip"),
      ...pieces.flatMap((piece, i) => (i % 7 === 0 ? [...binary(piece), { wait: 1 }] : binary(piece))),
      { write: LAST_CHUNK },
    ]);
    const exchange = newExchange();
    const gaps: number[] = [];
    exchange.gapLog = gaps;
    await ask(client, "hi", exchange);
    expect(exchange).toMatchObject({
      outcome: "complete",
      events: 50,
      text: Array.from({ length: 50 }, (_, i) => `${i} `).join(""),
    });
    expect(gaps.length + exchange.sharedEvents).toBe(49);
    expect(Math.min(...gaps)).toBeGreaterThan(0);
  });

  test("that unpacks to more than the largest answer is cut off there", async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000, "data: {}\n\n"));
    const { client } = await asking([head("gzip"), ...binary(bomb), { write: LAST_CHUNK }], {
      maxAnswerBytes: 1_000_000,
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(await ask(client)).toMatchObject({ outcome: "stream-error", reason: "answer-too-large" });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  test.each([
    [
      "that is not what it says",
      [head("gzip"), { write: chunk("this is not gzip at all") + LAST_CHUNK }],
      "stream-error",
      /^bad-encoding:Z_DATA_ERROR/,
    ],
    [
      "that stops short of its end",
      [head("gzip"), ...binary(gzipSync(stream).subarray(0, 30)), { write: LAST_CHUNK }],
      "stream-error",
      /^bad-encoding:Z_BUF_ERROR/,
    ],
    [
      "whose connection breaks",
      [head("gzip"), ...binary(gzipSync(stream).subarray(0, 30)), "end"],
      "severed",
      /^closed-in-body/,
    ],
    [
      "in a coding that nobody asked for",
      [head("zstd"), { write: chunk("x") + LAST_CHUNK }],
      "stream-error",
      /^content-encoding:zstd/,
    ],
    ["of nothing", [head("gzip"), { write: LAST_CHUNK }], "empty", /^no-content/],
  ] satisfies [string, readonly Step[], string, RegExp][])(
    "%s ends as it should",
    async (_name, steps, outcome, reason) => {
      const { client } = await asking(steps);
      const exchange = await ask(client);
      expect(exchange.outcome).toBe(outcome);
      expect(exchange.reason).toMatch(reason);
    },
  );

  test("of an error keeps the error's message", async () => {
    const body = gzipSync('{"error":{"message":"no quota"}}');
    const { client } = await asking([
      { write: `HTTP/1.1 429 No\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n` },
      { write: body },
    ]);
    expect(await ask(client)).toMatchObject({ outcome: "rejected", reason: "http:429 no quota" });
  });

  test("can be cancelled while it is unpacked", async () => {
    const { client } = await asking([
      head("gzip"),
      ...binary(gzipSync(Buffer.alloc(3_000_000, "data: {}\n\n"))),
      "hang",
    ]);
    const exchange = newExchange();
    let ends = 0;
    const handle = client.send(turnOf(), exchange, () => ends++);
    await until(() => exchange.status === 200);
    handle.cancel("cancelled");
    expect([ends, exchange.outcome, client.openSockets]).toEqual([1, "cancelled", 0]);
  });
});
