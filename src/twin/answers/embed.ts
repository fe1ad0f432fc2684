import { mix } from "./hash.ts";

/**
 * A vector of unit length for a text, the same for the same text, near for texts that share words and parts of words: signed feature hashing
 * (Weinberger et al. 2009) of words, pairs of words and groups of three letters. A text without a letter or digit gives the first axis.
 */
export function embed(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  let before = 0;
  for (const [word] of text.slice(0, LOOKED_AT).toLowerCase().matchAll(WORD)) {
    const whole = hashOf(word, 0, word.length);
    add(vector, whole, WORD_WEIGHT);
    if (before !== 0) add(vector, mix(before, whole), PAIR_WEIGHT);
    before = whole;
    for (let at = 0; at + 3 <= word.length; at++) add(vector, mix(hashOf(word, at, at + 3), 3), PART_WEIGHT);
  }
  return unit(vector);
}

const LOOKED_AT = 100_000;
const WORD = /[\p{L}\p{M}]+|\p{N}+/gu;
const WORD_WEIGHT = 1;
const PAIR_WEIGHT = 0.3;
const PART_WEIGHT = 0.3;

function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash, end - start);
}

function add(vector: Float32Array, hash: number, weight: number): void {
  const at = (hash >>> 1) % vector.length;
  vector[at] = (vector[at] ?? 0) + ((hash & 1) === 0 ? weight : -weight);
}

function unit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (sum === 0) {
    vector[0] = 1;
    return vector;
  }
  const scale = 1 / Math.sqrt(sum);
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) * scale;
  return vector;
}
