import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_EVENT_BYTES, SseParser } from "./sse.ts";

interface Seen {
  readonly name: string;
  readonly data: string;
}

function collect(pieces: readonly Buffer[]): readonly Seen[] {
  const seen: Seen[] = [];
  const parser = new SseParser({
    event(bytes, start, end, name) {
      seen.push({ name, data: bytes.toString("utf8", start, end) });
      return true;
    },
  });
  parser.reset();
  for (const piece of pieces) parser.push(piece, 0, piece.length);
  parser.finish();
  return seen;
}

/** The WHATWG algorithm over the whole text at once; an unfinished event at the end counts, as this product has it. */
function oracle(text: string): readonly Seen[] {
  const seen: Seen[] = [];
  let name = "";
  let data: string[] = [];
  const dispatch = (): void => {
    if (data.length > 0) seen.push({ name, data: data.join("\n") });
    name = "";
    data = [];
  };
  for (const line of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/)) {
    if (line === "") dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (colon === 0) continue;
    if (field === "data") data.push(value);
    if (field === "event") name = value;
  }
  dispatch();
  return seen;
}

function cut(bytes: Buffer, points: readonly number[]): readonly Buffer[] {
  const sorted = [...points.map((point) => point % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((point, i) => bytes.subarray(sorted[i], point));
}

const eol = fc.constantFrom("\n", "\n", "\r", "\r\n");
const line = fc.constantFrom(
  "",
  "",
  "",
  "data: a",
  "data:b",
  "data",
  "data:",
  "data:  two",
  "event: ping",
  "event",
  ": note",
  ":",
  "id: 1",
  "retry: 5",
  "dat",
  "datax: n",
  "data: é😀",
  " data: x",
);
const stream = fc
  .tuple(fc.constantFrom("", "", "\ufeff"), fc.array(fc.tuple(line, eol), { maxLength: 14 }), line)
  .map(([bom, lines, last]) => bom + lines.flat().join("") + last);

describe("the event parser", () => {
  test("yields the events of the WHATWG algorithm for any lines, line ends and cuts", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 6 }), (text, points) => {
        expect(collect(cut(Buffer.from(text), points))).toEqual(oracle(text));
      }),
      { numRuns: 1200 },
    );
  });

  test("yields the same events when every byte comes alone", () => {
    const text = '\ufeffdata: one\r\n\r\nevent: x\rdata: two\rdata: lines\r\rdata:{"a":"é"}\n\n: c\n\ndata: last';
    const bytes = Buffer.from(text);
    expect(collect(cut(bytes, [...bytes.keys()]))).toEqual(oracle(text));
  });

  test("hands a whole event on in place, without a copy", () => {
    const bytes = Buffer.from("data: {}\n\n");
    const where: Buffer[] = [];
    const parser = new SseParser({ event: (given) => where.push(given) > 0 });
    parser.push(bytes, 0, bytes.length);
    expect(where).toEqual([bytes]);
    expect(where[0]).toBe(bytes);
  });

  test.each(["data: ", "data: x\ndata: y\n", "event: ", "", "x"])(
    "stops reading an event that never ends (%j over and over)",
    (piece) => {
      const parser = new SseParser({ event: () => true });
      const bytes = Buffer.from((piece || "y").repeat(4096));
      let pushed = 0;
      parser.push(Buffer.from("data: "), 0, 6);
      while (!parser.overflow && pushed < 8 * MAX_EVENT_BYTES) {
        parser.push(bytes, 0, bytes.length);
        pushed += bytes.length;
      }
      expect(parser.overflow).toBe(true);
      expect(pushed).toBeLessThan(5 * MAX_EVENT_BYTES);
    },
  );

  test("stops where its reader wants no more", () => {
    const seen: string[] = [];
    const parser = new SseParser({
      event(bytes, start, end) {
        seen.push(bytes.toString("utf8", start, end));
        return false;
      },
    });
    const bytes = Buffer.from("data: 1\n\ndata: 2\n\n");
    parser.push(bytes, 0, bytes.length);
    expect(seen).toEqual(["1"]);
  });
});
