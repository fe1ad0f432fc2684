import fc from "fast-check";
import { expect, test } from "vitest";
import { fnv1a64 } from "./fnv.ts";

test.each([
  ["", 0xcbf29ce484222325n],
  ["a", 0xaf63dc4c8601ec8cn],
  ["foobar", 0x85944171f73967e8n],
])("the hash of %j is the one that its authors publish", (text, hash) => {
  const bytes = Buffer.from(text);
  expect(fnv1a64(bytes, bytes.length)).toBe(hash);
});

test("the halves agree with the definition in whole 64-bit integers, for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      let hash = 0xcbf29ce484222325n;
      for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
      expect(fnv1a64(bytes, bytes.length)).toBe(hash);
    }),
  );
});
