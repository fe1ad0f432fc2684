import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { serverFrame } from "../../../../test/helpers/socket-server.ts";
import { clientFrame, FrameParser } from "./frames.ts";

interface Seen {
  readonly told: string[];
  readonly fault: string;
}

/** What a parser makes of the pieces, each in a buffer that is overwritten afterwards, as a socket's is. */
function parse(pieces: readonly Buffer[], maxBytes = 1_000_000): Seen {
  const told: string[] = [];
  const parser = new FrameParser(
    {
      data: () => undefined,
      message: (bytes, start, end) => told.push(`message:${bytes.toString("utf8", start, end)}`),
      ping: (payload) => told.push(`ping:${payload.toString()}`),
      pong: () => told.push("pong"),
      closed: (code, reason) => told.push(`closed:${code}:${reason}`),
    },
    maxBytes,
  );
  for (const piece of pieces) {
    const shared = Buffer.from(piece);
    parser.execute(shared, 0, shared.length);
    shared.fill(0xff);
  }
  return { told, fault: parser.fault };
}

const bytewise = (bytes: Buffer): Buffer[] => [...bytes].map((byte) => Buffer.from([byte]));
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.constantFrom("x".repeat(126), "y".repeat(70_000)),
);

describe("a websocket's frames", () => {
  test("say the same however the bytes are cut, fragments and control frames between them", () => {
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 1, maxLength: 3 }), { maxLength: 4 }), (messages) => {
        const frames: Buffer[] = [];
        const expected: string[] = [];
        for (const parts of messages) {
          parts.forEach((part, i) => {
            frames.push(serverFrame(i === 0 ? 1 : 0, Buffer.from(part), i === parts.length - 1));
            if (i === parts.length - 1) return;
            frames.push(serverFrame(9, Buffer.from("p")));
            expected.push("ping:p");
          });
          expected.push(`message:${Buffer.from(parts.join("")).toString()}`);
        }
        frames.push(serverFrame(8, Buffer.from([3, 233, 98, 121, 101])));
        expected.push("closed:1001:bye");
        const wire = Buffer.concat(frames);
        expect(parse([wire]).told).toEqual(expected);
        expect(parse(bytewise(wire)).told).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  test("that are hostile end in a word, never in an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const whole = parse([Buffer.from(bytes)]);
        expect(parse(bytewise(Buffer.from(bytes)))).toEqual(whole);
      }),
    );
  });

  test.each([
    ["ws:masked", clientFrame("text", Buffer.from("hi"), [1, 2, 3, 4])],
    ["ws:reserved-bits", Buffer.from([0xc1, 0])],
    ["ws:opcode", Buffer.from([0x83, 0])],
    ["ws:control-frame", serverFrame(9, Buffer.alloc(126))],
    ["ws:control-frame", serverFrame(9, Buffer.from("p"), false)],
    ["ws:continuation", serverFrame(0, Buffer.from("x"))],
    ["ws:interleaved", Buffer.concat([serverFrame(1, Buffer.from("a"), false), serverFrame(1, Buffer.from("b"))])],
    ["ws:utf-8", serverFrame(1, Buffer.from([0xff]))],
    ["ws:close-frame", serverFrame(8, Buffer.from([3]))],
  ])("are refused as %s", (fault, bytes) => {
    expect(parse([bytes]).fault).toBe(fault);
    expect(parse(bytewise(bytes)).fault).toBe(fault);
  });

  test("are refused by what they announce, before a byte of a message that is too large is kept", () => {
    const announced = Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(parse([announced], 1000)).toEqual({ told: [], fault: "answer-too-large" });
    const fragments = [serverFrame(1, Buffer.alloc(600, 97), false), serverFrame(0, Buffer.alloc(600, 97))];
    expect(parse(fragments, 1000).fault).toBe("answer-too-large");
  });
});
