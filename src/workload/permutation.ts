import type { Random } from "../base/index.ts";

const ROUNDS = 6;

/**
 * A pseudo-random permutation of 0 .. size - 1 in constant memory: a balanced Feistel network (Luby and Rackoff, SIAM J. Comput. 17, 1988) over the
 * next even number of bits, walked until it lands inside (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002: fewer than four
 * steps on average). `size` <= 2^52.
 */
export function permutation(size: number, random: Random): (index: number) => number {
  const half = Math.max(1, Math.ceil(Math.log2(Math.max(2, size)) / 2));
  const base = 2 ** half;
  const keys = Array.from({ length: ROUNDS }, () => random.uint32());
  const once = (index: number): number => {
    let left = Math.floor(index / base);
    let right = index % base;
    for (const key of keys) {
      const next = (left + (scramble(right, key) % base)) % base;
      left = right;
      right = next;
    }
    return left * base + right;
  };
  return (index) => {
    let at = once(index);
    while (at >= size) at = once(at);
    return at;
  };
}

/** MurmurHash3's 32-bit finaliser, keyed. */
function scramble(value: number, key: number): number {
  let h = (value ^ key) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ key, 0x9e3779b1);
  return (h ^ (h >>> 16)) >>> 0;
}
