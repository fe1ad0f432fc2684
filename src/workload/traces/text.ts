import { randomStream } from "../../base/index.ts";
import { syntheticText } from "../prompts/synthetic.ts";
import { WORDS } from "../prompts/words.ts";

/** The blocks that a request consists of, and what tells the blocks of one replayed copy from those of another. */
export interface BlockText {
  readonly blocks: ArrayLike<number>;
  /** Tokens of a block. */
  readonly size: number;
  readonly seed: number;
  /** Blocks of equal ids have equal texts where these are equal too. */
  readonly salt: readonly number[];
}

/** Tokens `from` to `to` of a text made of blocks, as far as they reach. */
export function blockText({ blocks, size, seed, salt }: BlockText, from: number, to: number): string {
  const pieces: string[] = [];
  for (let block = Math.floor(from / size); block * size < to && block < blocks.length; block++) {
    const random = randomStream(seed, "block", blocks[block] ?? 0, ...salt);
    const begin = block * size;
    for (let token = begin; token < Math.min(begin + size, to); token++) {
      // Every word is one token with the space before it, so texts may be cut and joined anywhere.
      const word = WORDS[random.uint32() % WORDS.length] ?? "";
      if (token >= from) pieces.push(" ", word);
    }
  }
  return pieces.join("");
}

/** A text of `tokens` tokens that shares no beginning with any other. */
export function ownText(tokens: number, seed: number, ...keys: readonly number[]): string {
  return syntheticText(Math.max(1, tokens), randomStream(seed, "replay", ...keys));
}
