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

/** The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes PractRand and BigCrush. */
export function randomStream(seed: number, ...keys: readonly (string | number)[]): Random {
  // Four words of state from a 128-bit mix of the keys (MurmurHash3's 32-bit finaliser per lane).
  let a = mix(seed >>> 0, 0x9e3779b9);
  let b = mix(Math.floor(seed / 0x1_0000_0000) >>> 0, 0x85ebca6b);
  let c = 0x243f6a88;
  let d = 1;
  const absorb = (word: number): void => {
    a = mix(a ^ word, b);
    b = mix(b + word, c);
    c = mix(c ^ word, a);
    d = mix(d + word, a);
  };
  for (const key of keys) {
    if (typeof key === "number") {
      absorb(key >>> 0);
      absorb(Math.floor(key / 0x1_0000_0000) >>> 0);
    } else {
      for (let i = 0; i < key.length; i++) absorb(key.charCodeAt(i));
      absorb(0x80000000 | key.length);
    }
  }
  const uint32 = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) uint32();
  return {
    uint32,
    next: () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992,
  };
}

function mix(value: number, salt: number): number {
  let h = (value ^ salt) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
