import { crc32, inflateSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { randomStream } from "../../base/index.ts";
import { pngImage } from "./png.ts";
import { wavSound } from "./wav.ts";

/** The chunks of a PNG file, their checksums verified. */
function chunksOf(file: Buffer): { type: string; data: Buffer }[] {
  expect(file.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const data = file.subarray(at + 8, at + 8 + length);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)));
    chunks.push({ type: file.toString("latin1", at + 4, at + 8), data });
    at += 12 + length;
  }
  return chunks;
}

it("a picture is a PNG file of the wanted width and height, and where bytes are named, of exactly so many", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 1, max: 90 }),
      fc.option(fc.integer({ min: 20_000, max: 60_000 }), { nil: undefined }),
      fc.nat(),
      (width, height, bytes, seed) => {
        const file = pngImage(width, height, randomStream(seed, "p"), bytes);
        if (file === undefined) throw new Error("it does not fit");
        if (bytes !== undefined) expect(file.length).toBe(bytes);
        const chunks = chunksOf(file);
        expect(chunks.map(({ type }) => type).filter((type) => type !== "npAd")).toEqual(["IHDR", "IDAT", "IEND"]);
        expect([chunks[0]?.data.readUInt32BE(0), chunks[0]?.data.readUInt32BE(4)]).toEqual([width, height]);
        expect(inflateSync(chunks[1]?.data ?? Buffer.alloc(0)).length).toBe(height * (1 + 3 * width));
        expect(pngImage(width, height, randomStream(seed, "p"), bytes)?.equals(file)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
  expect(pngImage(500, 500, randomStream(1, "p"), 100)).toBeUndefined();
});

it("a sound is a WAV file of the wanted length, loud enough to hear and never clipped flat", () => {
  const file = wavSound(1500, 16_000, randomStream(1, "s"));
  expect(file.length).toBe(44 + 2 * 24_000);
  expect([file.toString("latin1", 0, 4), file.toString("latin1", 8, 16)]).toEqual(["RIFF", "WAVEfmt "]);
  expect([file.readUInt32LE(4), file.readUInt32LE(40)]).toEqual([file.length - 8, 48_000]);
  const samples = Array.from({ length: 24_000 }, (_, i) => Math.abs(file.readInt16LE(44 + 2 * i)));
  expect(Math.max(...samples)).toBeGreaterThan(5000);
  expect(samples.filter((size) => size >= 32_767).length).toBe(0);
  expect(wavSound(1500, 16_000, randomStream(1, "s")).equals(file)).toBe(true);
});
