import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import {
  chunk,
  event,
  LAST_CHUNK,
  openaiAnswer,
  openaiDelta,
  openaiFinish,
  plain,
  SSE_HEAD,
} from "./helpers/answers.ts";
import { rawServer, type Step } from "./helpers/raw-server.ts";
import { rowsOf, workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

const NOT_UTF8 = Buffer.from(event(openaiDelta("caf\u00ff!")), "latin1");

/** What a target does to a request, and the outcome that the sample must have; `reason` must appear in the sample's reason. */
const CASES: readonly {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly outcome: string;
  readonly reason?: string;
}[] = [
  { name: "a whole answer", steps: openaiAnswer(["Hello", " there"]), outcome: "complete" },
  {
    name: "endless headers",
    steps: [{ write: "HTTP/1.1 200 OK\r\n" }, { flood: `x-a: ${"a".repeat(1000)}\r\n` }],
    outcome: "failed",
  },
  {
    name: "an infinite event",
    steps: [{ write: SSE_HEAD }, { write: chunk("data: ") }, { flood: chunk("a".repeat(60_000)) }],
    outcome: "stream-error",
  },
  {
    name: "an endless line of small events without content",
    steps: [{ write: SSE_HEAD }, { flood: chunk(event({ choices: [] }).repeat(200)) }],
    outcome: "stream-error",
  },
  {
    name: "an answer without end",
    steps: [{ write: SSE_HEAD }, { flood: chunk(event(openaiDelta("word ".repeat(100))).repeat(50)) }],
    outcome: "stream-error",
  },
  {
    name: "invalid UTF-8 in a whole answer",
    steps: [
      { write: SSE_HEAD },
      { write: `${NOT_UTF8.length.toString(16)}\r\n` },
      { write: NOT_UTF8 },
      { write: "\r\n" },
      { write: chunk(event(openaiFinish("stop")) + event("[DONE]")) },
      { write: LAST_CHUNK },
    ],
    outcome: "complete",
  },
  {
    name: "a content-length that is too long",
    steps: [
      { write: 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 5000\r\n\r\ndata: {"choices":[' },
      "end",
    ],
    outcome: "severed",
  },
  {
    name: "HTML instead of events",
    steps: plain("200 OK", "<html><body>hello</body></html>", { "content-type": "text/html" }),
    outcome: "stream-error",
    reason: "text/html",
  },
  {
    name: "a gzip bomb",
    steps: [
      {
        write: (() => {
          const bomb = gzipSync(Buffer.alloc(64 << 20, "data: x\n"));
          return Buffer.concat([
            Buffer.from(
              `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`,
            ),
            bomb,
          ]);
        })(),
      },
    ],
    outcome: "stream-error",
  },
  { name: "nothing at all", steps: ["hang"], outcome: "timeout", reason: "first" },
  { name: "a close without an answer", steps: ["end"], outcome: "refused" },
  { name: "a reset without an answer", steps: ["reset"], outcome: "refused", reason: "ECONNRESET" },
  { name: "random bytes", steps: [{ write: randomBytes(4000) }, "end"], outcome: "failed" },
  {
    name: "a reset in mid-stream",
    steps: [{ write: SSE_HEAD }, { write: chunk(event(openaiDelta("Hel"))) }, { wait: 30 }, "reset"],
    outcome: "severed",
  },
  {
    name: "a clean end in mid-answer, without a finish",
    steps: [{ write: SSE_HEAD }, { write: chunk(event(openaiDelta("Hel"))) }, { write: LAST_CHUNK }],
    outcome: "severed",
  },
  {
    name: "a stream that falls silent",
    steps: [{ write: SSE_HEAD }, { write: chunk(event(openaiDelta("Hel"))) }, "hang"],
    outcome: "stalled",
  },
  {
    name: "an error inside a 200 stream",
    steps: [
      { write: SSE_HEAD },
      { write: chunk(event(openaiDelta("Hel"))) },
      { write: chunk(event({ error: { message: "CUDA out of memory", type: "server_error" } })) },
      { write: LAST_CHUNK },
    ],
    outcome: "stream-error",
    reason: "CUDA out of memory",
  },
  {
    name: "a finish at the token limit",
    steps: [
      { write: SSE_HEAD },
      { write: chunk(event(openaiDelta("Hel"))) },
      { write: chunk(event(openaiFinish("length")) + event("[DONE]")) },
      { write: LAST_CHUNK },
    ],
    outcome: "capped",
  },
  {
    name: "a finish without content",
    steps: [
      { write: SSE_HEAD },
      { write: chunk(event(openaiFinish("stop")) + event("[DONE]")) },
      { write: LAST_CHUNK },
    ],
    outcome: "empty",
  },
  {
    name: "429",
    steps: plain("429 Too Many Requests", '{"error":{"message":"slow down"}}', { "retry-after": "7" }),
    outcome: "rejected",
    reason: "slow down",
  },
  {
    name: "503",
    steps: plain("503 Service Unavailable", "overloaded", { "content-type": "text/plain" }),
    outcome: "failed",
    reason: "503",
  },
];

test("whatever a target sends is an outcome with a sample, and the run goes on", { timeout: 120_000 }, async () => {
  const server = await rawServer((request) => CASES[caseOf(request)]?.steps ?? ["end"]);
  try {
    const { summary, code } = await space.run({
      target: {
        url: `${server.url}/v1`,
        protocol: "openai-chat",
        model: "m",
        timeouts: { connect: "2s", firstToken: "1s", idle: "1s", total: "4s" },
        maxAnswer: "2MiB",
      },
      workload: { personas: CASES.map((_, i) => ({ name: `case-${i}`, prompts: [`case ${i}.`], think: "0" })) },
      stages: [{ steady: "6s", at: "40/s" }],
      guards: { allFailedFor: "0" },
    });
    expect(code).toBe(0);
    const rows = await rowsOf(
      summary.run.folder,
      "SELECT persona, outcome, any_value(reason), count(*) FROM samples GROUP BY ALL ORDER BY ALL",
    );
    const seen = new Map<number, { readonly outcome: unknown; readonly reason: unknown }[]>();
    for (const [persona, outcome, reason] of rows) {
      const index = typeof persona === "string" ? Number(persona.slice(5)) : Number.NaN;
      seen.set(index, [...(seen.get(index) ?? []), { outcome, reason }]);
    }
    for (const [i, wanted] of CASES.entries()) {
      for (const { outcome, reason } of seen.get(i) ?? []) {
        expect.soft({ case: wanted.name, outcome, reason }).toMatchObject({
          outcome: wanted.outcome,
          ...(wanted.reason === undefined ? {} : { reason: expect.stringContaining(wanted.reason) }),
        });
      }
    }
    expect(seen.size).toBe(CASES.length);
    expect(rows.reduce((sum, row) => sum + Number(row[3]), 0)).toBe(summary.total.attempts);
    // A request that was sent again, because its pooled connection turned out closed, is the same attempt.
    const [again] = await rowsOf(summary.run.folder, "SELECT sum(reconnects)::INT FROM samples");
    expect(summary.total.attempts + Number(again?.[0])).toBe(server.requests.length);
  } finally {
    await server.close();
  }
});

function caseOf(request: string): number {
  return Number(/case (\d+)\./.exec(request)?.[1] ?? -1);
}

test("a connection that is reset after any number of bytes gives a sample each time", { timeout: 90_000 }, async () => {
  const whole = Buffer.concat(
    openaiAnswer(["one", " two"]).map((step) =>
      Buffer.from(typeof step === "object" && "write" in step ? step.write : ""),
    ),
  );
  const server = await rawServer((_, number) => [
    { write: whole.subarray(0, number % (whole.length + 1)) },
    { wait: 2 },
    "reset",
  ]);
  try {
    const { summary } = await space.run({
      target: { url: `${server.url}/v1`, protocol: "openai-chat", model: "m", connections: { keepAlive: false } },
      workload: { personas: [{ name: "p", prompts: ["hi"], think: "0" }], maxUsers: 64 },
      stages: [{ steady: "5s", at: "200/s" }],
      guards: { allFailedFor: "0" },
    });
    expect(server.requests.length).toBeGreaterThan(whole.length);
    expect(summary.total.attempts).toBe(server.requests.length);
    const outcomes = Object.keys(summary.total.outcomes).sort();
    expect(outcomes).toEqual(expect.arrayContaining(["complete", "refused", "severed"]));
  } finally {
    await server.close();
  }
});
