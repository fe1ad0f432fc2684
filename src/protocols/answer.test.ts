import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { targetFor } from "../../test/helpers/target.ts";
import { Answer, answerTools } from "./answer.ts";
import type { AnswerRules } from "./dialects/dialect.ts";
import { httpJson } from "./dialects/http-json.ts";
import { httpSse } from "./dialects/http-sse.ts";
import { openaiChat } from "./dialects/openai-chat.ts";
import { newExchange } from "./exchange.ts";
import { judge } from "./outcome.ts";
import type { Exchange } from "./types.ts";

const chat = openaiChat.prepare(targetFor("http://127.0.0.1:1")).rules;
const sse = (events: object): AnswerRules =>
  httpSse.prepare(targetFor("http://127.0.0.1:1", { protocol: "http-sse", events: { token: "$.t", ...events } })).rules;

interface Outcome {
  readonly exchange: Exchange;
  readonly answer: Answer;
}

/** Feeds pieces, each a read of its own at 10, 20, 30, ... ms. */
function feed(
  rules: AnswerRules,
  pieces: readonly (string | Buffer)[],
  options: { maxBytes?: number; type?: string } = {},
): Outcome {
  const exchange = newExchange();
  const answer = new Answer(answerTools(rules, options.maxBytes ?? 1e7), exchange);
  answer.reset(exchange);
  exchange.status = 200;
  answer.open(200, options.type ?? (rules.form === "sse" ? "text/event-stream; charset=utf-8" : "application/json"));
  pieces.forEach((piece, i) => {
    const bytes = Buffer.from(piece);
    answer.beginRead(10 * (i + 1), i + 1);
    answer.body(bytes, 0, bytes.length);
  });
  answer.close(true);
  answer.state.settle();
  const verdict = judge(exchange, answer, rules, { whole: true });
  exchange.outcome = verdict.outcome;
  exchange.reason = verdict.reason;
  return { exchange, answer };
}

const run = (
  rules: AnswerRules,
  pieces: readonly (string | Buffer)[],
  options?: { maxBytes?: number; type?: string },
): Exchange => feed(rules, pieces, options).exchange;

const data = (value: unknown): string => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
const delta = (fields: object, finish: string | null = null): string =>
  data({
    id: "c1",
    object: "chat.completion.chunk",
    model: "m-1",
    system_fingerprint: "fp",
    choices: [{ index: 0, delta: fields, finish_reason: finish }],
  });
const token = (content: string): string => delta({ content });
const stop = delta({}, "stop");
const done = data("[DONE]");

describe("a streamed answer", () => {
  /** Events of many shapes, most of them alike as in life, with the line ends and escapes that servers use. */
  const content = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 5 }),
    fc.constantFrom("", " word", '"', "\n", "\\", "😀", "\u0001", "é"),
  );
  const event = fc.oneof(
    { weight: 8, arbitrary: content.map((text) => ({ content: text })) },
    { weight: 2, arbitrary: content.map((text) => ({ reasoning_content: text, content: null })) },
    { weight: 1, arbitrary: content.map((text) => ({ reasoning: text })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { role: "assistant", content: "" },
        {},
        { tool_calls: [] },
        { tool_calls: [{ index: 0 }] },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(content, content).map(([text, why]) => ({ content: text, reasoning_content: why })),
    },
  );
  const framed = fc.tuple(event, fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4, 5)).map(([fields, frame]) => {
    const json = JSON.stringify({ id: "x", model: "m", choices: [{ index: 0, delta: fields, finish_reason: null }] });
    const ascii = json.replaceAll(/[^\0-~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
    const frames = [
      `data: ${json}\n\n`,
      `data: ${json}\r\n\r\n`,
      `: ping\n\ndata:${json}\n\n`,
      `data: ${ascii}\n\n`,
      `event: x\ndata: ${json}\n\n`,
      `data: ${json}\r\r`,
    ];
    const given: Readonly<Record<string, unknown>> = fields;
    return { fields: given, wire: frames[frame] ?? "" };
  });

  test("has the text, the events and the reasoning that JSON.parse finds, wherever it is cut and whatever pattern its events have", () => {
    fc.assert(
      fc.property(fc.array(framed, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 8 }), (events, points) => {
        const bytes = Buffer.from(events.map(({ wire }) => wire).join("") + done);
        const cuts = [...points.map((point) => point % bytes.length), 0, bytes.length].sort((a, b) => a - b);
        const exchange = run(
          chat,
          cuts.slice(1).map((point, i) => bytes.subarray(cuts[i], point)),
        );
        const filled = (value: unknown): boolean => typeof value === "string" && value !== "";
        const calls = (fields: Readonly<Record<string, unknown>>): boolean =>
          Array.isArray(fields["tool_calls"]) && fields["tool_calls"].length > 0;
        const answers = events.filter(({ fields }) => filled(fields["content"]) || calls(fields));
        const thoughts = events.filter(
          ({ fields }) =>
            !answers.some((a) => a.fields === fields) &&
            (filled(fields["reasoning_content"]) || filled(fields["reasoning"])),
        );
        expect(exchange.text).toBe(
          events.map(({ fields }) => (typeof fields["content"] === "string" ? fields["content"] : "")).join(""),
        );
        expect(exchange.events).toBe(answers.length + thoughts.length);
        expect(Number.isNaN(exchange.firstAnswerAt)).toBe(answers.length === 0);
        expect(exchange.outcome).toBe(exchange.events > 0 ? "complete" : "empty");
      }),
      { numRuns: 700 },
    );
  });

  test("of one pattern is read the same, cut at every byte, as whole", () => {
    const bytes = Buffer.from(
      [
        token("He"),
        token('l\n"'),
        token("é😀"),
        token("lo"),
        stop,
        data({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }),
        done,
      ].join(""),
    );
    const strip = ({ exchange }: Outcome): object => ({
      ...exchange,
      firstTokenAt: 0,
      firstAnswerAt: 0,
      lastTokenAt: 0,
      stall: 0,
      sharedEvents: 0,
    });
    const whole = strip(feed(chat, [bytes]));
    expect(whole).toMatchObject({
      outcome: "complete",
      text: 'Hel\n"é😀lo',
      events: 4,
      inputTokens: 3,
      outputTokens: 4,
      model: "m-1",
      fingerprint: "fp",
    });
    for (let at = 1; at < bytes.length; at++)
      expect(strip(feed(chat, [bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(whole);
  });

  test("gives each event the stamp of the read that brought its blank line", () => {
    const [first, second] = [token("a"), token("b")];
    const exchange = run(chat, [
      first.slice(0, -1),
      first.slice(-1) + second.slice(0, 9),
      second.slice(9),
      stop + done,
    ]);
    expect(exchange).toMatchObject({ firstTokenAt: 20, lastTokenAt: 30, stall: 10 });
  });

  test("gives an event without its blank line the stamp of its last byte", () => {
    const rules = sse({});
    expect(run(rules, ['data: {"t":"a"}\n\n', 'data: {"t":', '"b"}'])).toMatchObject({
      firstTokenAt: 10,
      lastTokenAt: 30,
      outcome: "complete",
      text: "ab",
    });
  });

  test("counts events that share a read, and makes no gap of zero from them", () => {
    const exchange = newExchange();
    const gaps: number[] = [];
    const answer = new Answer(answerTools(chat, 1e6), exchange);
    answer.reset(exchange);
    exchange.gaps = { gap: (ms, at) => gaps.push(ms, at) };
    exchange.gapLog = [];
    answer.open(200, "text/event-stream");
    for (const [at, count] of [
      [5, 3],
      [1105, 1],
      [1110, 2],
    ] as const) {
      const bytes = Buffer.from(token("x").repeat(count));
      answer.beginRead(at, at);
      answer.body(bytes, 0, bytes.length);
    }
    expect(exchange).toMatchObject({ events: 6, sharedEvents: 3, stall: 1100, stallCount: 1, gapLog: [1100, 5] });
    expect(gaps).toEqual([1100, 1105, 5, 1110]);
  });

  test("takes its first token from the reasoning and its first answer from the content; a role alone is neither", () => {
    const exchange = run(chat, [
      delta({ role: "assistant", content: "" }),
      delta({ reasoning_content: "hm" }),
      delta({ reasoning: "so" }),
      token("yes"),
      stop + done,
    ]);
    expect(exchange).toMatchObject({ firstTokenAt: 20, firstAnswerAt: 40, text: "yes", events: 3 });
  });

  test("of tool calls alone is an answer", () => {
    const exchange = run(chat, [
      delta({ tool_calls: [{ index: 0, function: { name: "f" } }] }),
      delta({}, "tool_calls") + done,
    ]);
    expect(exchange).toMatchObject({
      outcome: "complete",
      events: 1,
      firstAnswerAt: 10,
      text: "",
      finishReason: "tool_calls",
    });
  });

  test("has the tool calls that its deltas make, wherever they are cut, with each delta an event", () => {
    const call = (fields: object, more: readonly object[] = []): string => delta({ tool_calls: [fields, ...more] });
    const pieces = [
      call({ index: 0, id: "c-1", type: "function", function: { name: "look", arguments: "" } }),
      call({ index: 0, function: { arguments: '{"q":' } }),
      call({ index: 0, function: { arguments: '"é' } }),
      call({ index: 0, function: { arguments: '\n😀"}' } }),
      call({ index: 1, id: "c-2", function: { name: "sum", arguments: "{" } }),
      call({ index: 1, function: { arguments: '"a":1' } }, [{ index: 0, function: { arguments: " " } }]),
      call({ index: 1, function: { arguments: "}" } }),
      delta({}, "tool_calls"),
      done,
    ];
    const bytes = Buffer.from(pieces.join(""));
    const toolCalls = [
      { id: "c-1", name: "look", arguments: '{"q":"é\n😀"} ' },
      { id: "c-2", name: "sum", arguments: '{"a":1}' },
    ];
    for (let at = 1; at < bytes.length; at += 7) {
      expect(run(chat, [bytes.subarray(0, at), bytes.subarray(at)])).toMatchObject({
        toolCalls,
        events: 7,
        text: "",
        responseId: "c1",
        outcome: "complete",
      });
    }
  });

  test("keeps apart tool calls that their server numbers alike, and calls without any number", () => {
    const numbered = run(chat, [
      delta({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }] }),
      delta({ tool_calls: [{ index: 0, id: "b", function: { name: "f", arguments: "[]" } }] }) + stop + done,
    ]);
    expect(numbered.toolCalls).toEqual([
      { id: "a", name: "f", arguments: "{}" },
      { id: "b", name: "f", arguments: "[]" },
    ]);
    const bare = run(chat, [
      delta({ tool_calls: [{ function: { name: "f", arguments: { x: 1 } } }, { function: { name: "g" } }] }) +
        stop +
        done,
    ]);
    expect(bare.toolCalls).toEqual([
      { id: "call_0", name: "f", arguments: '{"x":1}' },
      { id: "call_1", name: "g", arguments: "" },
    ]);
  });

  test("of more tool calls than anybody makes keeps a bounded number", () => {
    const many = Array.from({ length: 300 }, (_, i) =>
      delta({ tool_calls: [{ index: i, id: `c${i}`, function: { name: "f", arguments: "{}" } }] }),
    );
    expect(run(chat, many)).toMatchObject({ events: 300, toolCalls: { length: 128 } });
  });

  test("joins a surrogate pair and a character that its server cut in two", () => {
    const bytes = Buffer.from("é");
    const half = (part: Buffer): Buffer => Buffer.concat([Buffer.from('data: {"t":"'), part, Buffer.from('"}\n\n')]);
    expect(
      run(sse({}), [
        'data: {"t":"\\ud83d"}\n\n',
        'data: {"t":"\\ude00"}\n\n',
        half(bytes.subarray(0, 1)),
        half(bytes.subarray(1)),
      ]).text,
    ).toBe("😀é");
  });

  test("of invalid UTF-8 keeps the rest of its text and hashes what it keeps", () => {
    const broken = run(sse({}), [Buffer.from('data: {"t":"a\xffb"}\n\n', "latin1")]);
    expect(broken).toMatchObject({ outcome: "complete", text: "a\ufffdb" });
    expect(broken.textHash).toBe(run(sse({}), [Buffer.from('data: {"t":"a\ufffdb"}\n\n')]).textHash);
  });

  test.each([
    ["stop", "complete"],
    ["tool_calls", "complete"],
    ["eos", "complete"],
    ["something-new", "complete"],
    ["length", "capped"],
    ["content_filter", "filtered"],
    ["insufficient_system_resource", "resource"],
  ])("that finishes with %s is %s, and keeps the word", (reason, outcome) => {
    expect(run(chat, [token("a"), delta({}, reason) + done])).toMatchObject({ outcome, finishReason: reason });
  });

  test.each([
    ["without finish and [DONE]", [token("a")], "severed", "no-finish"],
    ["with [DONE] but no finish reason, which is then not invented", [token("a"), done], "complete", undefined],
    ["without content", [stop, done], "empty", "no-content finish:stop"],
    ["of nothing", [], "empty", "no-content"],
    [
      "with an error object",
      [token("a"), data({ error: { message: "out of memory", code: 500 } }), done],
      "stream-error",
      "error: out of memory",
    ],
    ["with an error as text", [token("a"), data({ error: "boom" })], "stream-error", "error: boom"],
    ["with an error event", [token("a"), "event: error\ndata: gone\n\n"], "stream-error", "error: gone"],
    ["with an error event of JSON", ['event: error\ndata: {"detail":"gone"}\n\n'], "stream-error", "error: gone"],
    ["with an object named error", [data({ object: "error", message: "bad", code: 1 })], "stream-error", "error: bad"],
    [
      "with no error in its error field",
      [delta({ content: "a" }).replace('"id"', '"error":null,"id"'), stop, done],
      "complete",
      undefined,
    ],
    ["of broken JSON", ['data: {"choices":[\n\n', "data: oops\n\n"], "stream-error", "malformed-event: 2"],
    ["with one broken event and a finish", ["data: {\n\n", token("a"), stop, done], "complete", undefined],
  ])("%s ends as it should", (_name, pieces, outcome, reason) => {
    expect(run(chat, pieces)).toMatchObject({
      outcome,
      reason,
      finishReason: pieces.includes(stop) ? "stop" : undefined,
    });
  });

  test("larger than the bound ends as an error of the stream", () => {
    const many = Array.from({ length: 100 }, () => token("a"));
    expect(run(chat, many, { maxBytes: 3000 })).toMatchObject({ outcome: "stream-error", reason: "answer-too-large" });
  });

  test("of another content type is an error that names it and what it says", () => {
    expect(run(chat, ["<html><title>Sign in</title>"], { type: "text/html; charset=utf-8" })).toMatchObject({
      outcome: "stream-error",
      reason: "content-type:text/html Sign in",
    });
    expect(run(chat, ['{"error":{"message":"no stream"}}'], { type: "application/json" })).toMatchObject({
      outcome: "stream-error",
      reason: "content-type:application/json no stream",
    });
  });
});

describe("an application's stream", () => {
  test("ends at the event that its plan calls done, with usage in the same event", () => {
    const rules = sse({ done: "$.finish", usage: "$.usage" });
    const { exchange, answer } = feed(rules, [
      data({ t: "a" }),
      data({ finish: false, t: "b" }),
      data({ finish: true, usage: { input_tokens: 7, output_tokens: 2 } }),
      data({ t: "late" }),
    ]);
    expect(exchange).toMatchObject({
      outcome: "complete",
      text: "ab",
      finishReason: undefined,
      inputTokens: 7,
      outputTokens: 2,
    });
    expect(answer.state.endedAt).toBe(30);
  });

  test("ends at that event though its usage comes later, and takes in nothing else that comes later", () => {
    const rules = sse({ done: "$.finish", usage: "$.usage" });
    const pieces = [
      data({ t: "a" }),
      data({ finish: "stop" }),
      data({ t: "late" }),
      data({ usage: { output_tokens: 2 } }),
      data({ error: "later" }),
    ];
    const { exchange, answer } = feed(rules, pieces);
    expect(exchange).toMatchObject({
      outcome: "complete",
      text: "a",
      events: 1,
      outputTokens: 2,
      finishReason: "stop",
    });
    expect(answer.state.endedAt).toBe(20);
  });

  test("that never says done, though its plan waits for it, was severed; without such a plan it is complete", () => {
    expect(run(sse({ done: "$.finish" }), [data({ t: "a" })])).toMatchObject({
      outcome: "severed",
      reason: "no-finish",
    });
    expect(run(sse({}), [data({ t: "a" })])).toMatchObject({ outcome: "complete" });
  });

  test("of plain text takes the data for the text", () => {
    const rules = sse({ token: "$", done: "$.done" });
    expect(
      run(rules, ["data: Hel\n\n", "data: lo\ndata: you\n\n", "data: {not json}\n\n", 'data: {"done":true}\n\n']),
    ).toMatchObject({ outcome: "complete", text: "Hello\nyou{not json}", events: 3 });
  });
});

describe("an answer in one JSON body", () => {
  const rules = httpJson.prepare(
    targetFor("http://127.0.0.1:1", {
      protocol: "http-json",
      events: { token: "$.answer", usage: "$.usage", done: "$.finish" },
    }),
  ).rules;

  test("has text and usage, and no token times, because it is not streamed", () => {
    const body = Buffer.from(
      JSON.stringify({ answer: "a\n😀", usage: { promptTokens: 3, completionTokens: 2 }, finish: "length" }),
    );
    for (let at = 1; at < body.length; at++) {
      const exchange = run(rules, [body.subarray(0, at), body.subarray(at)]);
      expect(exchange).toMatchObject({
        outcome: "capped",
        text: "a\n😀",
        inputTokens: 3,
        outputTokens: 2,
        finishReason: "length",
      });
      expect(exchange).toMatchObject({ firstTokenAt: Number.NaN, firstAnswerAt: Number.NaN, lastTokenAt: Number.NaN });
    }
  });

  test.each([
    ["broken JSON", '{"answer":"a', "stream-error", "malformed-event: 1"],
    ["no answer in it", '{"other":1}', "empty", "no-content"],
    ["nothing", "", "empty", "no-content"],
    ["an error", '{"error":{"message":"no"}}', "stream-error", "error: no"],
  ])("of %s ends as it should", (_name, body, outcome, reason) => {
    expect(run(rules, [body])).toMatchObject({ outcome, reason });
  });
});

test("any bytes in any cut end with an outcome and bounded text", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
          fc.constantFrom(
            ...[token("a"), stop, done, "data: ", "\n\n", "\r", "event: error\n"].map((text) => Buffer.from(text)),
          ),
        ),
        { maxLength: 12 },
      ),
      (pieces) => {
        const exchange = run(chat, pieces);
        expect(exchange.outcome).toBeDefined();
        expect(exchange.text.length).toBeLessThanOrEqual(pieces.reduce((sum, piece) => sum + piece.length, 0));
      },
    ),
    { numRuns: 700 },
  );
});
