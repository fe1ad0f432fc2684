import { type BlockTable, FOLLOWING, HASH, NONE, PRECEDING, SPREAD, WORDS } from "./block-table.ts";

/**
 * Which blocks hold the content of a hash. Blocks of equal content are kept side by side and found in the order of their registration, since vLLM
 * does not merge them either. Open addressing with linear probing; a registration allocates nothing.
 *
 * A cell is a block and its hash spread over 32 bits, so that probing stays in the line of cache where it began: only a cell whose 32 bits agree makes
 * it look at the block itself.
 */
export class HashIndex {
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;
  /** Pairs: first block of a hash, or NONE, and the spread hash. */
  private readonly cells: Int32Array;
  /** For places in `cells`: even. */
  private readonly mask: number;

  constructor(table: BlockTable, blocks: number) {
    // Mostly empty: short probes predict well, which measured faster than a smaller table.
    let cells = 16;
    while (cells < 4 * blocks) cells *= 2;
    this.mask = 2 * cells - 2;
    this.cells = new Int32Array(2 * cells).fill(NONE);
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
    const { cells, doubles, mask } = this;
    const hash = hashes[i] ?? Number.NaN;
    const scattered = spread(hash);
    for (let cell = (scattered << 1) & mask; ; cell = (cell + 2) & mask) {
      const block = cells[cell] ?? NONE;
      if (block === NONE || (cells[cell + 1] === scattered && doubles[4 * block + HASH] === hash)) return block;
    }
  }

  /** Registers the block under the hash that stands in the table; it must not be registered. */
  add(block: number): void {
    const { words, doubles, cells, mask } = this;
    const hash = doubles[4 * block + HASH] ?? Number.NaN;
    const scattered = spread(hash);
    const at = WORDS * block;
    words[at + SPREAD] = scattered;
    let cell = (scattered << 1) & mask;
    for (; ; cell = (cell + 2) & mask) {
      const first = cells[cell] ?? NONE;
      if (first === NONE) break;
      if (cells[cell + 1] !== scattered || doubles[4 * first + HASH] !== hash) continue;
      const last = words[WORDS * first + PRECEDING] ?? first;
      words[WORDS * last + FOLLOWING] = block;
      words[at + PRECEDING] = last;
      words[at + FOLLOWING] = first;
      words[WORDS * first + PRECEDING] = block;
      return;
    }
    cells[cell] = block;
    cells[cell + 1] = scattered;
    words[at + FOLLOWING] = block;
    words[at + PRECEDING] = block;
  }

  /** The block must be registered. */
  remove(block: number): void {
    const { words, cells, mask } = this;
    const at = WORDS * block;
    const next = words[at + FOLLOWING] ?? block;
    words[at + FOLLOWING] = NONE;
    let cell = ((words[at + SPREAD] ?? 0) << 1) & mask;
    if (next === block) {
      while (cells[cell] !== block) cell = (cell + 2) & mask;
      this.empty(cell);
      return;
    }
    const previous = words[at + PRECEDING] ?? block;
    words[WORDS * previous + FOLLOWING] = next;
    words[WORDS * next + PRECEDING] = previous;
    // Only the first of its hash has a cell.
    while (cells[cell] !== block && cells[cell] !== NONE) cell = (cell + 2) & mask;
    if (cells[cell] === block) cells[cell] = next;
  }

  /** Closes the gap by moving back what probing had pushed past it, so that no tombstones pile up. */
  private empty(start: number): void {
    const { cells, mask } = this;
    let hole = start;
    for (let cell = (hole + 2) & mask; ; cell = (cell + 2) & mask) {
      const block = cells[cell] ?? NONE;
      if (block === NONE) break;
      const scattered = cells[cell + 1] ?? 0;
      if (((cell - (scattered << 1)) & mask) < ((cell - hole) & mask)) continue;
      cells[hole] = block;
      cells[hole + 1] = scattered;
      hole = cell;
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
