/**
 * Seeded random streams. One seed yields any number of independent streams, one a purpose and key, so that two plans
 * that differ in one thing differ in nothing else: drawing more think times never moves an arrival.
 */
export interface Random {
  /** Uniform in [0, 1) with 53 random bits. */
  next(): number;
  /** Uniform in [0, 2^32). */
  uint32(): number;
}

/**
 * The stream of a seed and keys. Its generator is sfc32 (Chris Doty-Humphrey, PractRand), whose four words are mixed from seed and keys by
 * MurmurHash3's 32-bit finaliser, a lane each.
 */
export function randomStream(seed: number, ...keys: readonly (string | number)[]): Random {
  let a = mix(seed >>> 0, 0x9e3779b9);
  let b = mix(Math.floor(seed / TWO_32) >>> 0, 0x85ebca6b);
  let c = 0x243f6a88;
  let d = 1;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? 0;
    const word = typeof key === "string" ? wordOf(key) : key;
    const low = word >>> 0;
    const high = Math.floor(word / TWO_32) >>> 0;
    a = mix(a ^ low, b);
    b = mix(b + high, c);
    c = mix(c ^ low, a);
    d = mix(d + high, a) + 1;
    a = mix(a + high, d);
  }
  return new Sfc32(a, b, c, d);
}

const TWO_32 = 0x1_0000_0000;
/** Rounds that run the state in, so that close keys share nothing. */
const SETTLE = 8;

class Sfc32 implements Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.d = d | 0;
    for (let i = 0; i < SETTLE; i++) this.uint32();
  }

  uint32(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  next(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }
}

/** A text key as a number of 53 bits; purposes are few and asked for without end, so they are kept. */
const KEPT = new Map<string, number>();
const MOST_KEPT = 1024;

function wordOf(text: string): number {
  const known = KEPT.get(text);
  if (known !== undefined) return known;
  let low = 0x9e3779b9;
  let high = text.length;
  for (let i = 0; i < text.length; i++) {
    low = mix(low ^ text.charCodeAt(i), high);
    high = mix(high + text.charCodeAt(i), low);
  }
  const word = low + (high >>> 11) * TWO_32;
  if (KEPT.size < MOST_KEPT) KEPT.set(text, word);
  return word;
}

function mix(value: number, salt: number): number {
  let h = (value ^ salt) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
