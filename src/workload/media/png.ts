import { crc32, deflateSync } from "node:zlib";
import type { Random } from "../../base/index.ts";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
/** Bytes of a chunk besides its data. */
const CHUNK_FRAME = 12;
/** Ancillary, private, safe to copy: what any reader passes over. */
const FILLER = "npAd";

/**
 * A PNG picture (RGB, 8 bits) of soft colours that follows from its stream alone. With `bytes` the file has exactly that size where the picture fits
 * into it: filler that every reader passes over is added; without it the picture has the grain of a photograph. Undefined: it does not fit.
 * PNG (Third Edition), W3C 2025.
 */
export function pngImage(width: number, height: number, random: Random, bytes?: number): Buffer | undefined {
  const grain = bytes === undefined ? 16 : 1;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Bit depth 8, colour type 2 (RGB); compression, filter and interlace 0.
  head.set([8, 2, 0, 0, 0], 8);
  const chunks = [
    SIGNATURE,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(pixels(width, height, grain, random), { level: 1 })),
  ];
  const end = chunk("IEND", Buffer.alloc(0));
  const size = chunks.reduce((sum, { length }) => sum + length, 0) + end.length;
  if (bytes !== undefined && bytes !== size) {
    if (bytes < size + CHUNK_FRAME) return undefined;
    chunks.push(chunk(FILLER, noise(bytes - size - CHUNK_FRAME, random)));
  }
  return Buffer.concat([...chunks, end]);
}

function chunk(type: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(CHUNK_FRAME + data.length);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, "latin1");
  data.copy(framed, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, 8 + data.length)), 8 + data.length);
  return framed;
}

/** Rows of pixels, each after a filter byte: planes of colour at slopes of their own, and grain. */
function pixels(width: number, height: number, grain: number, random: Random): Buffer {
  const slopes = Array.from({ length: 3 }, () => ({
    from: 40 + random.next() * 120,
    x: (random.next() - 0.5) * 80,
    y: (random.next() - 0.5) * 80,
  }));
  const data = Buffer.alloc(height * (1 + 3 * width));
  let at = 0;
  for (let y = 0; y < height; y++) {
    at++;
    for (let x = 0; x < width; x++) {
      for (const slope of slopes) {
        const plane = slope.from + slope.x * (x / width) + slope.y * (y / height);
        data[at++] = plane + (grain > 1 ? (random.uint32() & 0xffff) % grain : 0);
      }
    }
  }
  return data;
}

function noise(length: number, random: Random): Buffer {
  return Buffer.from(Uint8Array.from({ length }, () => random.uint32() & 0xff));
}
