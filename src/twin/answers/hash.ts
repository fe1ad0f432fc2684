/**
 * Chained hashes: a state of 64 bits that takes in one 32-bit number after another. The two lanes are mixed by MurmurHash3's finaliser; equal
 * states mean equal numbers so far, up to chance (53 bits are shown).
 */
export interface ChainState {
  a: number;
  b: number;
}

const TWO_32 = 0x1_0000_0000;

export function startChain(seed: number): ChainState {
  return { a: mix(seed >>> 0, 0x9e3779b9), b: mix(Math.floor(seed / TWO_32) >>> 0, 0x85ebca6b) };
}

export function feed(state: ChainState, value: number): void {
  state.a = mix(state.a ^ value, state.b);
  state.b = mix(state.b + value, state.a);
}

/** The state as an integer below 2^53. */
export function digest(state: ChainState): number {
  return state.a + (state.b >>> 11) * TWO_32;
}

/** One integer below 2^53 for a few numbers below 2^53. */
export function keyOf(...values: readonly number[]): number {
  const state = startChain(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    feed(state, value >>> 0);
    feed(state, Math.floor(value / TWO_32) >>> 0);
  }
  return digest(state);
}

/** Identity of a text, an integer below 2^53. */
export function textKey(text: string): number {
  let a = 0x9e3779b9;
  let b = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x85ebca6b) ^ (b >>> 15);
  }
  return mix(a, b) + (mix(b, a) >>> 11) * TWO_32;
}

/** A 32-bit number for what stands between two places of a text: the identity of a token, say (FNV-1a, mixed once more). */
export function hashBetween(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

export function mix(value: number, salt: number): number {
  let h = (value ^ salt) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
