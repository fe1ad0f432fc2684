import { type BlockTable, FOLLOWING, HASH, NONE, PRECEDING, SPREAD, WORDS } from "./block-table.ts";

/**
 * Which blocks hold the content of a hash. Blocks of equal content are kept side by side and found in the order of their registration, since vLLM
 * does not merge them either. Open addressing with linear probing; a cell names a block, and the block knows its hash. A registration allocates nothing.
 */
export class HashIndex {
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;
  /** First block of a hash, or NONE. */
  private readonly cells: Int32Array;
  private readonly mask: number;

  constructor(table: BlockTable, blocks: number) {
    let cells = 16;
    while (cells < 2 * blocks) cells *= 2;
    this.mask = cells - 1;
    this.cells = new Int32Array(cells).fill(NONE);
    this.words = table.words;
    this.doubles = table.doubles;
    for (let block = 0; block < blocks; block++) this.words[WORDS * block + FOLLOWING] = NONE;
  }

  // Hashes are handed over in arrays: a number of 53 bits as an argument or a result would be put on the heap.

  has(block: number): boolean {
    return this.words[WORDS * block + FOLLOWING] !== NONE;
  }

  /** The block that registered the hash at place `i` first, of those that still hold it, or NONE. */
  find(hashes: ArrayLike<number>, i: number): number {
    const hash = hashes[i] ?? Number.NaN;
    return this.cells[this.cellOf(hash, spread(hash))] ?? NONE;
  }

  /** Registers the block under the hash that stands in the table; it must not be registered. */
  add(block: number): void {
    const { words, cells } = this;
    const hash = this.doubles[4 * block + HASH] ?? Number.NaN;
    const scattered = spread(hash);
    const cell = this.cellOf(hash, scattered);
    const first = cells[cell] ?? NONE;
    const at = WORDS * block;
    words[at + SPREAD] = scattered;
    if (first === NONE) {
      cells[cell] = block;
      words[at + FOLLOWING] = block;
      words[at + PRECEDING] = block;
      return;
    }
    const last = words[WORDS * first + PRECEDING] ?? first;
    words[WORDS * last + FOLLOWING] = block;
    words[at + PRECEDING] = last;
    words[at + FOLLOWING] = first;
    words[WORDS * first + PRECEDING] = block;
  }

  /** The block must be registered. */
  remove(block: number): void {
    const { words, cells, mask } = this;
    const at = WORDS * block;
    const next = words[at + FOLLOWING] ?? block;
    words[at + FOLLOWING] = NONE;
    let cell = (words[at + SPREAD] ?? 0) & mask;
    if (next === block) {
      while (cells[cell] !== block) cell = (cell + 1) & mask;
      this.empty(cell);
      return;
    }
    const previous = words[at + PRECEDING] ?? block;
    words[WORDS * previous + FOLLOWING] = next;
    words[WORDS * next + PRECEDING] = previous;
    // Only the first of its hash has a cell.
    while (cells[cell] !== block && cells[cell] !== NONE) cell = (cell + 1) & mask;
    if (cells[cell] === block) cells[cell] = next;
  }

  /** The cell of the hash, or the empty one where it would go. */
  private cellOf(hash: number, scattered: number): number {
    const { cells, doubles, mask } = this;
    let cell = scattered & mask;
    for (;;) {
      const block = cells[cell] ?? NONE;
      if (block === NONE || doubles[4 * block + HASH] === hash) return cell;
      cell = (cell + 1) & mask;
    }
  }

  /** Closes the gap by moving back what probing had pushed past it, so that no tombstones pile up. */
  private empty(start: number): void {
    const { cells, words, mask } = this;
    let hole = start;
    let cell = (hole + 1) & mask;
    for (;;) {
      const block = cells[cell] ?? NONE;
      if (block === NONE) break;
      const home = (words[WORDS * block + SPREAD] ?? 0) & mask;
      if (((cell - home) & mask) >= ((cell - hole) & mask)) {
        cells[hole] = block;
        hole = cell;
      }
      cell = (cell + 1) & mask;
    }
    cells[hole] = NONE;
  }
}

/** Integers below 2^53 in size, spread over 32 bits: MurmurHash3's finaliser over both halves. */
function spread(hash: number): number {
  const high = Math.floor(hash * 2 ** -32);
  let h = (hash - high * 2 ** 32) ^ Math.imul(high, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
