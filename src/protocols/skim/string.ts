const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads the inside of a JSON string from `from` to its closing quote. Returns twice the quote's index, plus one where an escape came by;
 * -1 where the string does not end before `end` or is not valid.
 */
export function scanString(bytes: Buffer, from: number, end: number): number {
  let escaped = 0;
  for (let at = from; at < end; at++) {
    const c = bytes[at] ?? 0;
    // Letters first: one comparison passes most bytes.
    if (c > BACKSLASH) continue;
    if (c === QUOTE) return at * 2 + escaped;
    if (c === BACKSLASH) {
      escaped = 1;
      at = escapeEnd(bytes, at + 1, end);
      if (at < 0) return -1;
    } else if (c < 0x20) {
      return -1;
    }
  }
  return -1;
}

/** What may follow a backslash, but for u: `" \ / b f n r t`. */
const SIMPLE = new Set([0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74]);

/** Index of the escape's last byte, given that of its first after the backslash. */
function escapeEnd(bytes: Buffer, at: number, end: number): number {
  if (at >= end) return -1;
  const c = bytes[at] ?? 0;
  if (c === 0x75) {
    for (let i = 1; i <= 4; i++) if (at + i >= end || !isHex(bytes[at + i] ?? 0)) return -1;
    return at + 4;
  }
  return SIMPLE.has(c) ? at : -1;
}

function isHex(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x66) || (c >= 0x41 && c <= 0x46);
}
