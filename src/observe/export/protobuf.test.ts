import fc from "fast-check";
import { expect, test } from "vitest";
import { ProtobufWriter } from "./protobuf.ts";
import { doubleOf, messages, readProtobuf, textOf, wholeOf } from "./test/read-protobuf.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("messages are written as protobuf's own documentation writes them", () => {
  // https://protobuf.dev/programming-guides/encoding/: Test1 {a: 150}, Test2 {b: "testing"}, Test3 {c {a: 150}}
  expect(hex(new ProtobufWriter().uint(1, 150).end())).toBe("089601");
  expect(hex(new ProtobufWriter().text(2, "testing").end())).toBe("120774657374696e67");
  expect(hex(new ProtobufWriter().message(3, (inner) => inner.uint(1, 150)).end())).toBe("1a03089601");
});

test("whatever is written is read back, of any size", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true }),
      fc.string({ maxLength: 200, unit: fc.constantFrom("a", "\u0000", "é", "漢", "🚢") }),
      (whole, real, text) => {
        const bytes = new ProtobufWriter()
          .int64(1, whole)
          .double(2, real)
          .message(17, (inner) => inner.text(3, text).fixed64(4, whole))
          .end();
        const fields = readProtobuf(bytes);
        const [inner = new Map()] = messages(fields, 17);
        expect(wholeOf(fields, 1)).toBe(whole);
        expect(doubleOf(fields, 2)).toBe(real);
        expect(textOf(inner, 3)).toBe(Buffer.from(text).toString("utf8"));
        expect(wholeOf(inner, 4)).toBe(whole);
      },
    ),
    { numRuns: 100 },
  );
});
