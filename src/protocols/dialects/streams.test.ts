import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { targetFor } from "../../../test/helpers/target.ts";
import { Answer, type AnswerTools, answerTools } from "../answer.ts";
import { newExchange } from "../exchange.ts";
import { judge } from "../outcome.ts";
import type { Exchange } from "../types.ts";
import { DIALECTS } from "./table.ts";
import { STREAM_SAMPLES, type StreamSample } from "./test/samples.ts";

/** Reads pieces, each a read of its own, and judges the whole as a client does. */
class Reading {
  private readonly tools: AnswerTools;
  private readonly answer: Answer;
  private readonly type: string;

  constructor({ protocol, target = {}, type }: StreamSample) {
    const { rules } = DIALECTS[protocol].prepare(targetFor("http://127.0.0.1:1", { protocol, ...target }));
    this.tools = answerTools(rules, 1e7);
    this.answer = new Answer(this.tools, newExchange());
    this.type = type;
  }

  run(pieces: readonly Buffer[], whole = true): Exchange {
    const { answer } = this;
    const exchange = newExchange();
    answer.reset(exchange);
    exchange.status = 200;
    answer.open(200, this.type);
    pieces.forEach((piece, i) => {
      answer.beginRead(10 * (i + 1), i + 1);
      answer.body(piece, 0, piece.length);
    });
    answer.close(whole);
    answer.state.settle();
    const verdict = judge(exchange, answer, answer.rules, whole ? { whole } : { whole, reason: "closed-in-body" });
    exchange.outcome = verdict.outcome;
    exchange.reason = verdict.reason;
    return exchange;
  }
}

const TEXTS = ["He", 'l\n"', "é😀", " lo", "lo", "\\", "7"];
const bodyOf = (sample: StreamSample, texts: readonly string[] = TEXTS): Buffer =>
  Buffer.from(sample.open + texts.map((text, i) => sample.token(text, i)).join("") + sample.close);

/** Without what depends on which read brought what. */
function untimed(exchange: Exchange, { protocol }: StreamSample): object {
  const still = {
    ...exchange,
    firstTokenAt: 0,
    firstAnswerAt: 0,
    lastTokenAt: 0,
    stall: 0,
    stallCount: 0,
    sharedEvents: 0,
  };
  // Of bare text an event is a read.
  return protocol === "ai-sdk-text" ? { ...still, events: 0 } : still;
}

describe.each(STREAM_SAMPLES.map((sample) => [sample.name, sample] as const))("an answer of %s", (_name, sample) => {
  const reading = new Reading(sample);

  test("has its text, its calls, its counts and its end, in whatever two pieces it comes", () => {
    const bytes = bodyOf(sample);
    const whole = reading.run([bytes]);
    expect(whole).toMatchObject({ ...sample.ends, text: TEXTS.join("") });
    expect(["complete", "capped"]).toContain(whole.outcome);
    const wanted = untimed(whole, sample);
    for (let at = 1; at < bytes.length; at++)
      expect(untimed(reading.run([bytes.subarray(0, at), bytes.subarray(at)]), sample)).toEqual(wanted);
  });

  test("is read the same in single bytes", () => {
    const bytes = bodyOf(sample);
    const single = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
    expect(untimed(reading.run(single), sample)).toEqual(untimed(reading.run([bytes]), sample));
  });

  test("has one event for each token, each with the stamp of the read that brought it", () => {
    const texts = Array.from({ length: 40 }, (_, i) => `w${i} `);
    const tokens = texts.map((text, i) => Buffer.from(sample.token(text, i)));
    const answer = reading.run([Buffer.from(sample.open), ...tokens, Buffer.from(sample.close)]);
    const before = reading.run([Buffer.from(sample.open)]).events;
    const after = reading.run([Buffer.from(sample.open), Buffer.from(sample.close)]).events - before;
    expect(answer.events).toBe(before + texts.length + after);
    expect(answer.text).toBe(texts.join(""));
  });

  test("that is cut off anywhere is never taken for a whole one where the stream says its end", () => {
    const bytes = bodyOf(sample);
    const end = bytes.length - sample.close.length;
    for (let at = 0; at < end; at += 3) {
      const broken = reading.run([bytes.subarray(0, at)], false);
      expect(broken.outcome, `cut at ${at}`).toBe("severed");
      if (sample.saysEnd)
        expect(["severed", "empty", "stream-error"]).toContain(reading.run([bytes.subarray(0, at)]).outcome);
    }
  });

  test("ends with an outcome and bounded text whatever a hostile server makes of it", () => {
    const bytes = bodyOf(sample);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            from: fc.nat({ max: bytes.length }),
            length: fc.nat({ max: 60 }),
            junk: fc.oneof(
              fc.constant(Buffer.alloc(0)),
              fc.uint8Array({ maxLength: 6 }).map((b) => Buffer.from(b)),
            ),
            twice: fc.boolean(),
          }),
          { maxLength: 5 },
        ),
        fc.array(fc.nat({ max: bytes.length }), { maxLength: 5 }),
        (changes, points) => {
          let hostile = bytes;
          for (const { from, length, junk, twice } of changes) {
            const piece = hostile.subarray(from, from + length);
            hostile = Buffer.concat([
              hostile.subarray(0, from),
              junk,
              ...(twice ? [piece, piece] : []),
              hostile.subarray(from + length),
            ]);
          }
          const cuts = [...points.map((p) => Math.min(p, hostile.length)), 0, hostile.length].sort((a, b) => a - b);
          const cut = reading.run(cuts.slice(1).map((point, i) => hostile.subarray(cuts[i], point)));
          expect(cut.outcome).toBeDefined();
          expect(cut.text.length).toBeLessThanOrEqual(hostile.length);
          expect(untimed(cut, sample)).toEqual(untimed(reading.run([hostile]), sample));
        },
      ),
      { numRuns: 150 },
    );
  });

  test("of doubled events is read to its end", () => {
    const doubled = sample.open + TEXTS.map((text, i) => sample.token(text, i).repeat(2)).join("") + sample.close;
    expect(reading.run([Buffer.from(doubled)])).toMatchObject({ text: TEXTS.map((text) => text.repeat(2)).join("") });
  });
});
