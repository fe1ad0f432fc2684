import { keyOf, type Prompt } from "../answers/index.ts";

/** What is known of a prompt's beginning: chained hashes of its full blocks of `size` tokens, as traces of prefix caches give them. */
export interface PromptBlocks {
  readonly size: number;
  /** Integers below 2^53; equal ones mean equal content up to there. */
  readonly hashes: ArrayLike<number>;
}

/** Beyond what one prompt has of blocks: their hashes lie apart from those of every other prompt. */
const MOST_BLOCKS = 2 ** 21;

/** A prompt without a text: only its length counts, and which beginning it shares with others. */
export class PlainPrompt implements Prompt {
  readonly tokens: number;
  /** Below 2^32: unique among the prompts of a simulation. */
  readonly key: number;
  readonly #blocks: PromptBlocks | undefined;
  #made: { readonly size: number; readonly hashes: Float64Array } | undefined;

  constructor(tokens: number, key: number, blocks?: PromptBlocks) {
    this.tokens = tokens;
    this.key = key;
    this.#blocks = blocks;
  }

  blockHashes(size: number): Float64Array {
    if (this.#made?.size === size) return this.#made.hashes;
    const hashes = new Float64Array(Math.floor(this.tokens / size));
    for (let i = 0; i < hashes.length; i++) hashes[i] = this.#hash(i, (i + 1) * size);
    this.#made = { size, hashes };
    return hashes;
  }

  /** What is dropped stood first, so nothing is known to be shared any more. */
  keepTail(tokens: number): PlainPrompt {
    return tokens >= this.tokens ? this : new PlainPrompt(tokens, this.key);
  }

  /** With retrieved context in its middle, it shares nothing that is known of. */
  extend(tokens: number): PlainPrompt {
    return tokens < 1 ? this : new PlainPrompt(this.tokens + tokens, this.key);
  }

  /** @param end tokens up to the block's end */
  #hash(index: number, end: number): number {
    const blocks = this.#blocks;
    if (blocks !== undefined) {
      const last = Math.ceil(end / blocks.size) - 1;
      const known = last < blocks.hashes.length ? blocks.hashes[last] : undefined;
      if (known !== undefined) return end === (last + 1) * blocks.size ? known : keyOf(known, end);
    }
    return this.key * MOST_BLOCKS + index;
  }
}
