import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_FIELDS, MAX_HEAD_BYTES } from "./head-parser.ts";
import { ResponseParser } from "./response-parser.ts";

interface Read {
  readonly status: number;
  readonly body: string;
  readonly ends: number;
  readonly fault: string;
  readonly complete: boolean;
  readonly used: number;
}

function read(pieces: readonly Buffer[], method = "POST", eof = false): Read {
  let body = Buffer.alloc(0);
  let ends = 0;
  let status = -1;
  const parser = new ResponseParser();
  parser.reset(method, {
    head: (head) => {
      status = head.status;
    },
    body: (bytes, start, end) => {
      body = Buffer.concat([body, bytes.subarray(start, end)]);
    },
    messageEnd: () => {
      ends++;
    },
  });
  let used = 0;
  for (const piece of pieces) {
    const at = parser.execute(piece, 0, piece.length);
    used += at;
    if (at < piece.length || parser.fault !== "") break;
  }
  if (eof) parser.endOfInput();
  return { status, body: body.toString("latin1"), ends, fault: parser.fault, complete: parser.complete, used };
}

const one = (text: string, method?: string, eof?: boolean): Read => read([Buffer.from(text, "latin1")], method, eof);

const GOOD: readonly {
  readonly name: string;
  readonly text: string;
  readonly body: string;
  readonly method?: string;
  readonly eof?: boolean;
}[] = [
  { name: "content-length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello" },
  { name: "no reason phrase", text: "HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx", body: "x" },
  { name: "bare LF", text: "HTTP/1.1 200 OK\ncontent-length:2\n\nhi", body: "hi" },
  {
    name: "the same content-length twice",
    text: "HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\nContent-length: 2\r\n\r\nhi",
    body: "hi",
  },
  { name: "a folded header", text: "HTTP/1.1 200 OK\r\nx-a: b\r\n  c\r\ncontent-length:\r\n\t2\r\n\r\nhi", body: "hi" },
  {
    name: "chunks with extensions and trailers",
    text: "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n006 \r\n world\r\n0;x\r\nx-t: 1\r\ncontent-length: 99\r\n\r\n",
    body: "hello world",
  },
  { name: "chunks ended by bare LF", text: "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2\nhi\n0\n\n", body: "hi" },
  {
    name: "chunked and content-length",
    text: "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    body: "hi",
  },
  {
    name: "interim answers",
    text: "HTTP/1.1 100 Continue\r\nx: y\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 201 Made\r\ncontent-length: 2\r\n\r\nok",
    body: "ok",
  },
  { name: "204 with a length", text: "HTTP/1.1 204 None\r\ncontent-length: 5\r\n\r\n", body: "" },
  { name: "an answer to HEAD", text: "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", body: "", method: "HEAD" },
  { name: "a body until the close", text: "HTTP/1.0 200 OK\r\n\r\nall of it", body: "all of it", eof: true },
];

describe("a response", () => {
  test.each(GOOD)("with $name is read whole, wherever it is cut", ({ text, body, method, eof }) => {
    const bytes = Buffer.from(text, "latin1");
    const whole = read([bytes], method, eof);
    expect(whole).toMatchObject({ body, ends: 1, fault: "", complete: true, used: bytes.length });
    for (let at = 0; at <= bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)], method, eof)).toEqual(whole);
    }
    expect(
      read(
        [...bytes].map((byte) => Buffer.from([byte])),
        method,
        eof,
      ),
    ).toEqual(whole);
  });

  test.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", "not-http"],
    ["\u0015\u0003\u0001", "not-http"],
    ["HTTP/2 200 OK\r\n\r\n", "not-http"],
    ["HTTP/1.1 abc OK\r\n\r\n", "bad-status-line"],
    ["HTTP/1.1 2000\r\n\r\n", "bad-status-line"],
    ["HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "bad-header"],
    ["HTTP/1.1 200 OK\r\nname : v\r\n\r\n", "bad-header"],
    ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n", "content-length-conflict"],
    ["HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n", "content-length"],
    ["HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n", "content-length"],
    ["HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n", "transfer-encoding"],
    ["HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", "switching-protocols"],
    ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", "bad-chunk"],
    ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n", "bad-chunk"],
    ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n", "bad-chunk"],
    ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "bad-chunk"],
    ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhixx", "bad-chunk"],
  ])("%j is a fault with a name", (text, fault) => {
    expect(one(text)).toMatchObject({ fault, complete: false });
  });

  test.each([
    ["endless fields", "x-a: b\r\n", "too-many-headers"],
    ["one endless field", "a".repeat(1000), "head-too-large"],
    ["long fields", `x-a: ${"b".repeat(2000)}\r\n`, "head-too-large"],
  ])("of %s ends at the bound", (_name, piece, fault) => {
    const pieces = [Buffer.from("HTTP/1.1 200 OK\r\n"), ...Array.from({ length: 1000 }, () => Buffer.from(piece))];
    const result = read(pieces);
    expect(result.fault).toBe(fault);
    expect(result.used).toBeLessThan(MAX_HEAD_BYTES + MAX_FIELDS * 10);
  });

  test("followed by more bytes leaves them unread", () => {
    expect(one("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhiHTTP/1.1 200 OK")).toMatchObject({
      body: "hi",
      complete: true,
      used: 40,
    });
  });

  test("cut off anywhere is not complete", () => {
    const text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for (let at = 0; at < text.length; at++) expect(one(text.slice(0, at), "POST", true).complete).toBe(false);
  });

  test("of any bytes, or a good one with changed bytes, neither throws nor reads on after a fault, however it is cut", () => {
    const base = fc.constantFrom(...GOOD.map(({ text }) => Buffer.from(text, "latin1")));
    const mutated = fc
      .tuple(base, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([bytes, edits]) => {
        const copy = Buffer.from(bytes);
        for (const [at, value] of edits) copy[at % copy.length] = value;
        return copy;
      });
    const raw = fc
      .uint8Array({ maxLength: 80 })
      .map((bytes) => Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n"), bytes]));
    fc.assert(
      fc.property(fc.oneof(mutated, raw), fc.array(fc.nat(), { maxLength: 4 }), (bytes, points) => {
        const sorted = [...points.map((point) => point % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
        const cut = read(sorted.slice(1).map((point, i) => bytes.subarray(sorted[i], point)));
        const whole = read([bytes]);
        expect({ ...cut, used: 0 }).toEqual({ ...whole, used: 0 });
        expect(whole.ends).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });
});
