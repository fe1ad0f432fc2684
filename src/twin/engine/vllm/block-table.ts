/**
 * All that is known of each block, side by side: eight 32-bit words a block, so that whatever is done to one touches one line of the processor's cache.
 * One more place than there are blocks, the ends of the free list.
 */
export class BlockTable {
  readonly words: Int32Array;
  /** The same memory; the hash of block b is at `4 b + HASH`. */
  readonly doubles: Float64Array;

  constructor(blocks: number) {
    this.words = new Int32Array(WORDS * (blocks + 1));
    this.doubles = new Float64Array(this.words.buffer);
  }
}

export const WORDS = 8;
/** Neighbours in the list of free blocks. */
export const AFTER = 0;
export const BEFORE = 1;
/** Sequences that hold it. */
export const REFERENCES = 2;
/** Neighbours among the blocks of equal hash, and whether it has a hash at all: NONE where not. */
export const FOLLOWING = 3;
export const PRECEDING = 4;
/** Its hash, spread over 32 bits. */
export const SPREAD = 5;
/** In doubles: the last two words. */
export const HASH = 3;
export const NONE = -1;
