/** Bytes of one literal: what a length of two bytes can say. */
const MOST = 65_536;
/** Tag of a literal (low bits 00) whose length less one follows in two bytes. */
const LITERAL_16 = 61 << 2;

/**
 * Snappy's block format (format_description.txt of google/snappy) with literals alone: any reader takes it, and nothing is made smaller. A
 * snapshot is a few kilobytes a second, so packing it would cost more than it saves.
 */
export function snappyBlock(data: Uint8Array): Uint8Array {
  const head = varint(data.length);
  const pieces = Math.ceil(data.length / MOST);
  const out = new Uint8Array(head.length + data.length + pieces * 3);
  out.set(head);
  let at = head.length;
  for (let from = 0; from < data.length; from += MOST) {
    const piece = data.subarray(from, from + MOST);
    const less = piece.length - 1;
    out.set([LITERAL_16, less & 255, less >> 8], at);
    out.set(piece, at + 3);
    at += 3 + piece.length;
  }
  return out;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}
