import { keyOf, type Prompt } from "../answers/index.ts";

/** What is known of a prompt's beginning: chained hashes of its full blocks of `size` tokens, as traces of prefix caches give them. */
export interface PromptBlocks {
  readonly size: number;
  /** Integers below 2^53; equal ones mean equal content up to there. */
  readonly hashes: ArrayLike<number>;
}

const NOTHING_SHARED = new Float64Array(0);
/** Sets a prompt's own blocks apart from all that keys of two numbers stand for. */
const OWN = 0x70726f6d;

/** A prompt without a text: only its length counts, and which beginning it shares with others. */
export class PlainPrompt implements Prompt {
  readonly tokens: number;
  /** Unique among the prompts of a simulation. */
  readonly key: number;
  readonly #blocks: PromptBlocks | undefined;
  #made: { readonly size: number; readonly hashes: Float64Array } | undefined;

  constructor(tokens: number, key: number, blocks?: PromptBlocks) {
    this.tokens = tokens;
    this.key = key;
    this.#blocks = blocks;
  }

  /** None where nothing is shared; else of every full block, those beyond the known ones being this prompt's own. */
  blockHashes(size: number): Float64Array {
    const blocks = this.#blocks;
    if (blocks === undefined) return NOTHING_SHARED;
    if (this.#made?.size === size) return this.#made.hashes;
    const known = blocks.hashes.length * blocks.size;
    const hashes = Float64Array.from({ length: Math.floor(this.tokens / size) }, (_, i) => {
      const end = (i + 1) * size;
      return end <= known ? hashAt(blocks, end) : keyOf(OWN, this.key, end);
    });
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
}

/** @param end tokens up to the block's end, within the known ones */
function hashAt({ size, hashes }: PromptBlocks, end: number): number {
  const last = Math.ceil(end / size) - 1;
  const hash = hashes[last] ?? 0;
  return end === (last + 1) * size ? hash : keyOf(hash, end);
}
