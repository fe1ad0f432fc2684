import fc from "fast-check";
import { expect, test } from "vitest";
import { snappyBlock } from "./snappy.ts";
import { readSnappy } from "./test/read-protobuf.ts";

test("a block holds what was put in, however long", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(1, 400, 700), (piece, times) => {
      const data = new Uint8Array(Buffer.concat(Array.from({ length: times }, () => piece)));
      expect(Buffer.compare(readSnappy(snappyBlock(data)), data)).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test.each([0, 1, 60, 65_535, 65_536, 65_537, 131_072])("a block of %i bytes says its length first", (length) => {
  const data = new Uint8Array(length).fill(7);
  expect(Buffer.compare(readSnappy(snappyBlock(data)), data)).toBe(0);
});
