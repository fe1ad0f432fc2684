import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { targetFor } from "../../../test/helpers/target.ts";
import type { Json, ProtocolName, Target } from "../../plan/index.ts";
import { Answer, answerTools } from "../answer.ts";
import { newExchange } from "../exchange.ts";
import { judge } from "../outcome.ts";
import type { Exchange } from "../types.ts";
import { DIALECTS } from "./table.ts";

const UNSTREAMED: Partial<Target> = { parameters: { stream: false } };

/** One JSON body, in pieces. */
function run(protocol: ProtocolName, pieces: readonly Buffer[], changes = UNSTREAMED): Exchange {
  const { rules } = DIALECTS[protocol].prepare(targetFor("http://127.0.0.1:1", { protocol, ...changes }));
  const exchange = newExchange();
  const answer = new Answer(answerTools(rules, 1e6), exchange);
  answer.reset(exchange);
  exchange.status = 200;
  answer.open(200, "application/json; charset=utf-8");
  pieces.forEach((piece, i) => {
    answer.beginRead(i + 1, i + 1);
    answer.body(piece, 0, piece.length);
  });
  answer.close(true);
  answer.state.settle();
  const { outcome, reason } = judge(exchange, answer, answer.rules, { whole: true });
  return Object.assign(exchange, { outcome, reason });
}

const CALL = [{ id: "c-1", name: "look", arguments: '{"q":"é"}' }];
const BODIES: readonly (readonly [ProtocolName, Json, Partial<Exchange>])[] = [
  [
    "openai-chat",
    {
      id: "chatcmpl-1",
      model: "m-1",
      choices: [
        {
          message: {
            content: "Hé\n",
            tool_calls: [{ id: "c-1", type: "function", function: { name: "look", arguments: '{"q":"é"}' } }],
          },
          finish_reason: "tool_calls",
        },
      ],
      usage: { prompt_tokens: 9, completion_tokens: 7 },
    },
    { text: "Hé\n", toolCalls: CALL, finishReason: "tool_calls", responseId: "chatcmpl-1", model: "m-1" },
  ],
  [
    "openai-responses",
    {
      id: "resp_1",
      model: "m-1",
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      error: null,
      output: [
        { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }] },
        {
          type: "message",
          content: [
            { type: "output_text", text: "Hé" },
            { type: "output_text", text: "\n" },
          ],
        },
        { type: "function_call", id: "fc_1", call_id: "c-1", name: "look", arguments: '{"q":"é"}' },
      ],
      usage: { input_tokens: 9, output_tokens: 7 },
    },
    { text: "Hé\n", toolCalls: CALL, outcome: "capped", responseId: "resp_1", model: "m-1" },
  ],
  [
    "anthropic-messages",
    {
      id: "msg_1",
      type: "message",
      model: "m-1",
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "Hé\n" },
        { type: "tool_use", id: "c-1", name: "look", input: { q: "é" } },
      ],
      stop_reason: "tool_use",
      usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 7 },
    },
    { text: "Hé\n", toolCalls: CALL, finishReason: "tool_use", cachedTokens: 4, responseId: "msg_1", model: "m-1" },
  ],
  [
    "ollama-chat",
    {
      model: "m-1",
      message: {
        role: "assistant",
        content: "Hé\n",
        tool_calls: [{ function: { name: "look", arguments: { q: "é" } } }],
      },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 9,
      eval_count: 7,
    },
    {
      text: "Hé\n",
      toolCalls: [{ id: "call_0", name: "look", arguments: '{"q":"é"}' }],
      finishReason: "stop",
      model: "m-1",
    },
  ],
  [
    "openai-images",
    {
      created: 1,
      data: [{ b64_json: "iVBOR", revised_prompt: "a ship" }],
      usage: { input_tokens: 9, output_tokens: 7 },
    },
    { text: "a ship", events: 1 },
  ],
  [
    "openai-embeddings",
    { data: [{ index: 0, embedding: [0.1, -2] }], model: "m-1", usage: { prompt_tokens: 9, completion_tokens: 7 } },
    { text: "", events: 1, model: "m-1" },
  ],
];

describe.each(BODIES)("one body of %s", (protocol, body, wanted) => {
  const bytes = Buffer.from(JSON.stringify(body));

  test("has its text, calls and counts, and no token times, wherever it is cut", () => {
    for (let at = 1; at < bytes.length; at += 5) {
      expect(run(protocol, [bytes.subarray(0, at), bytes.subarray(at)])).toMatchObject({
        outcome: "complete",
        inputTokens: 9,
        outputTokens: 7,
        firstTokenAt: Number.NaN,
        ...wanted,
      });
    }
  });

  test("that is cut short, changed or doubled ends with an outcome, and is no answer where it is no JSON", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(40), fc.uint8Array({ maxLength: 4 }), (from, length, junk) => {
        const hostile = Buffer.concat([bytes.subarray(0, from), Buffer.from(junk), bytes.subarray(from + length)]);
        expect(run(protocol, [hostile]).outcome).toBeDefined();
      }),
      { numRuns: 150 },
    );
    expect(run(protocol, [bytes.subarray(0, -1)])).toMatchObject({
      outcome: "stream-error",
      reason: "malformed-event: 1",
    });
    expect(run(protocol, [bytes, bytes])).toMatchObject({ outcome: "stream-error" });
  });

  test.each([
    ['{"error":{"message":"no room","type":"server_error"}}', "error: no room"],
    ['{"type":"error","error":{"type":"overloaded_error","message":"no room"}}', "error: no room"],
    ['{"error":"no room"}', "error: no room"],
  ])("of status 200 that is an error in truth, %s, is told as one", (text, reason) => {
    expect(run(protocol, [Buffer.from(text)])).toMatchObject({ outcome: "stream-error", reason });
  });
});

test("bodies of shapes that nobody expects are answers without content, not faults of ours", () => {
  const odd = [
    "null",
    "[]",
    "1",
    '"text"',
    "{}",
    '{"output":1,"content":{},"choices":[],"data":[]}',
    '{"output":[null,1,{"type":"message","content":"x"}]}',
  ];
  for (const [protocol] of BODIES)
    for (const text of odd) expect(run(protocol, [Buffer.from(text)]).outcome, `${protocol} ${text}`).toBe("empty");
});
