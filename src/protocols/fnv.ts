const LOW_OF_PRIME = 0x1b3;

/**
 * FNV-1a with 64 bits (Fowler, Noll, Vo: offset basis cbf29ce484222325, prime 2^40 + 0x1b3) over the first `length` bytes. The
 * state is kept in two 32-bit halves; no intermediate exceeds 2^41, so double arithmetic is exact.
 */
export function fnv1a64(bytes: Uint8Array, length: number): bigint {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let i = 0; i < length; i++) {
    low = (low ^ (bytes[i] ?? 0)) >>> 0;
    const product = low * LOW_OF_PRIME;
    high = (Math.imul(high, LOW_OF_PRIME) + Math.floor(product / 0x1_0000_0000) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}
