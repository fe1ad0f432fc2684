import { hashBetween, mix } from "./hash.ts";

/**
 * A vector of unit length for a text, the same for the same text, near for texts that share words and parts of words: signed feature hashing
 * (Weinberger et al. 2009) of words, pairs of words and groups of three letters, spread over all dimensions as the embeddings of models are. A text
 * without a letter or digit gives the first axis.
 */
export function embed(text: string, dimensions: number): Float32Array {
  const features = new Float64Array(2 ** Math.ceil(Math.log2(dimensions)));
  let before = 0;
  for (const [word] of text.slice(0, LOOKED_AT).toLowerCase().matchAll(WORD)) {
    const whole = hashBetween(word, 0, word.length);
    add(features, whole, WORD_WEIGHT);
    if (before !== 0) add(features, mix(before, whole), PAIR_WEIGHT);
    before = whole;
    for (let at = 0; at + 3 <= word.length; at++) add(features, mix(hashBetween(word, at, at + 3), 3), PART_WEIGHT);
  }
  for (let round = 1; round <= ROUNDS; round++) rotate(features, round);
  return unit(features, dimensions);
}

const LOOKED_AT = 100_000;
const WORD = /[\p{L}\p{M}]+|\p{N}+/gu;
const WORD_WEIGHT = 1;
const PAIR_WEIGHT = 0.3;
const PART_WEIGHT = 0.3;
/** One spreads a single feature; the second keeps a few of equal weight from cancelling out in half of the dimensions. */
const ROUNDS = 2;

function add(vector: Float64Array, hash: number, weight: number): void {
  const at = (hash >>> 1) % vector.length;
  vector[at] = (vector[at] ?? 0) + ((hash & 1) === 0 ? weight : -weight);
}

/**
 * Fixed signs, then the Walsh-Hadamard transform, scaled to keep lengths and angles (the fast Johnson-Lindenstrauss transform, Ailon and Chazelle
 * 2009); the length is a power of two.
 */
function rotate(vector: Float64Array, round: number): void {
  const { length } = vector;
  const scale = 1 / Math.sqrt(length);
  for (let at = 0; at < length; at++) vector[at] = (vector[at] ?? 0) * ((mix(at, round) & 1) === 0 ? scale : -scale);
  for (let half = 1; half < length; half *= 2) {
    for (let start = 0; start < length; start += 2 * half) {
      for (let at = start; at < start + half; at++) {
        const one = vector[at] ?? 0;
        const other = vector[at + half] ?? 0;
        vector[at] = one + other;
        vector[at + half] = one - other;
      }
    }
  }
}

/** The first `dimensions` values, at unit length. */
function unit(values: Float64Array, dimensions: number): Float32Array {
  const vector = Float32Array.from(values.subarray(0, dimensions));
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
