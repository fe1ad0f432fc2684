import fc from "fast-check";
import { expect, it } from "vitest";
import { audioTokens, imageTokens, mediaText } from "./media.ts";
import { splitTokens } from "./tokens.ts";

/** The first bytes of a PNG file of this size. */
function png(width: number, height: number): string {
  const head = Buffer.alloc(33);
  head.write("\x89PNG\r\n\x1a\n", "latin1");
  head.write("IHDR", 12, "latin1");
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head.toString("base64");
}

// OpenAI's own examples of its high detail.
it.each([
  [1024, 1024, 765],
  [2048, 4096, 1105],
  [100, 100, 255],
])("a picture of %i x %i costs %i tokens", (width, height, tokens) => {
  expect(imageTokens(png(width, height))).toBe(tokens);
});

it("a picture that does not tell its size counts as one of 1024 x 1024", () => {
  expect(imageTokens("https://images.example/cat.jpg")).toBe(765);
  expect(imageTokens("")).toBe(765);
});

it("a sound costs ten tokens a second", () => {
  const wav = Buffer.alloc(44 + 32_000 * 3);
  wav.write("RIFF....WAVE", "latin1");
  wav.writeUInt32LE(32_000, 28);
  expect(audioTokens(wav.toString("base64"))).toBe(30);
  expect(audioTokens(Buffer.alloc(16_000 * 2).toString("base64"))).toBe(20);
});

it("the text for a medium has as many tokens as it costs, and is the same for the same medium alone", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.base64String(), fc.base64String(), (tokens, one, other) => {
      const text = mediaText(tokens, one);
      expect(splitTokens(text).length).toBe(tokens);
      expect(mediaText(tokens, one)).toBe(text);
      if (one !== other && tokens > 3) expect(mediaText(tokens, other)).not.toBe(text);
    }),
    { numRuns: 50 },
  );
});
