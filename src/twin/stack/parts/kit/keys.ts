/** Two numbers as one of 53 bits, evenly spread (the finaliser of MurmurHash3, twice). */
export function mix53(a: number, b: number): number {
  const low = scramble(scramble(a >>> 0, Math.floor(a / TWO_32)), b);
  const high = scramble(low ^ 0x9e3779b9, Math.floor(b / TWO_32) + (a >>> 0));
  return (high >>> 11) * TWO_32 + low;
}

/** A text as a number of 53 bits. */
export function textKey(text: string): number {
  let key = text.length;
  for (let i = 0; i < text.length; i++) key = mix53(key, text.charCodeAt(i));
  return key;
}

const TWO_32 = 0x1_0000_0000;

function scramble(value: number, salt: number): number {
  let h = (value ^ salt ^ 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = (h ^ (h >>> 16)) >>> 0;
  return (Math.imul(h, 0x9e3779b1) ^ salt) >>> 0;
}
