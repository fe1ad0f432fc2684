import { digest, feed, startChain, textKey } from "./hash.ts";

/** Of a picture whose size nobody can tell: one of 1024 x 1024. */
const USUAL = 765;
const BASE = 85;
const TILE = { side: 512, tokens: 170 };
const LARGEST_SIDE = 2048;
const SHORT_SIDE = 768;
/** Audio tokens a second, and bytes a second of a file that does not say (128 kbit/s). */
const A_SECOND = 10;
const USUAL_BYTES = 16_000;
const WAV_HEADER = 44;

/**
 * Tokens of a picture, from its base64 or its address: as OpenAI counts high detail, 85 and 170 for each tile of 512 pixels once it is scaled into
 * 2048 x 2048 and its shorter side to 768 (OpenAI's guide to images). PNG and GIF tell their size; others count as one of 1024 x 1024.
 */
export function imageTokens(source: string): number {
  const size = sizeOf(Buffer.from(source.slice(0, 44), "base64"));
  if (size === undefined) return USUAL;
  const fit = Math.min(1, LARGEST_SIDE / Math.max(size.width, size.height));
  const short = Math.min(1, SHORT_SIDE / (fit * Math.min(size.width, size.height)));
  const tiles = (side: number): number => Math.max(1, Math.ceil((side * fit * short) / TILE.side));
  return BASE + TILE.tokens * tiles(size.width) * tiles(size.height);
}

function sizeOf(head: Buffer): { readonly width: number; readonly height: number } | undefined {
  if (head.length < 24) return undefined;
  if (head.toString("latin1", 1, 4) === "PNG") return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  if (head.toString("latin1", 0, 3) === "GIF") return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  return undefined;
}

/** Tokens of a sound, from its base64: ten a second, by the header of a WAV file or else at 128 kbit/s. */
export function audioTokens(source: string): number {
  const head = Buffer.from(source.slice(0, 64), "base64");
  const bytes = Buffer.byteLength(source, "base64");
  const wav = head.length >= 32 && head.toString("latin1", 8, 12) === "WAVE" ? head.readUInt32LE(28) : 0;
  const seconds = wav > 0 ? Math.max(0, bytes - WAV_HEADER) / wav : bytes / USUAL_BYTES;
  return Math.max(1, Math.ceil(seconds * A_SECOND));
}

/** Letters of a source that its identity is taken from. */
const LOOKED_AT = 4096;
const LETTERS = 5;
const ALPHABET = 26;

/** A text that stands for a picture or a sound: of so many tokens, always the same for the same source, and another for another. */
export function mediaText(tokens: number, source: string): string {
  const state = startChain(textKey(source.slice(-LOOKED_AT)));
  feed(state, source.length);
  const words: string[] = [];
  for (let i = 0; i < tokens; i++) {
    feed(state, i);
    let left = digest(state);
    let word = " ";
    for (let k = 0; k < LETTERS; k++) {
      word += String.fromCharCode(0x61 + (left % ALPHABET));
      left = Math.floor(left / ALPHABET);
    }
    words.push(word);
  }
  return words.join("");
}
