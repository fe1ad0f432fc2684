import { composeAnswer } from "./compose.ts";
import { textOf } from "./degrade.ts";
import { digest, feed, hashBetween, keyOf } from "./hash.ts";
import type { AnswerOptions, Prompt } from "./types.ts";

/**
 * Chained hashes of the full blocks that end within the answer, by their index from the prompt's start: the ones that `promptOf` computes for the
 * next turn. Composed when first asked for. An index that the answer does not fill gives a hash that nothing shares.
 */
export function answerHashes(prompt: Prompt, options: AnswerOptions, blockSize: number): (index: number) => number {
  let made: Float64Array | undefined;
  const first = Math.floor(prompt.tokens / blockSize);
  return (index) => {
    made ??= hashesOf(prompt, options, blockSize);
    return made[index - first] ?? keyOf(prompt.key, index, blockSize);
  };
}

function hashesOf(prompt: Prompt, options: AnswerOptions, blockSize: number): Float64Array {
  const state = textOf(prompt)?.end();
  if (state === undefined) return new Float64Array(0);
  const { tokens } = composeAnswer(prompt, options);
  const hashes = new Float64Array(
    Math.floor((prompt.tokens + tokens.length) / blockSize) - Math.floor(prompt.tokens / blockSize),
  );
  let end = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? "";
    feed(state, hashBetween(token, 0, token.length));
    if ((prompt.tokens + i + 1) % blockSize === 0) hashes[end++] = digest(state);
  }
  return hashes;
}
