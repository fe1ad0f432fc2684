/**
 * Which blocks hold the content of a hash. Blocks of equal content are kept side by side and found in the order of their registration, since vLLM
 * does not merge them either. Open addressing with linear probing over typed arrays: a registration allocates nothing.
 */
export class HashIndex {
  private readonly keys: Float64Array;
  /** First block of the key, or NONE where the cell is empty. */
  private readonly firsts: Int32Array;
  private readonly mask: number;
  /** Ring of the blocks of one hash: the first one's predecessor is the last. */
  private readonly following: Int32Array;
  private readonly preceding: Int32Array;
  private readonly hashes: Float64Array;

  constructor(blocks: number) {
    let cells = 16;
    while (cells < 2 * blocks) cells *= 2;
    this.mask = cells - 1;
    this.keys = new Float64Array(cells);
    this.firsts = new Int32Array(cells).fill(NONE);
    this.following = new Int32Array(blocks).fill(NONE);
    this.preceding = new Int32Array(blocks).fill(NONE);
    this.hashes = new Float64Array(blocks);
  }

  has(block: number): boolean {
    return (this.following[block] ?? NONE) !== NONE;
  }

  /** The block that registered this hash first of those that still hold it, or -1. */
  find(hash: number): number {
    return this.firsts[this.cellOf(hash)] ?? NONE;
  }

  /** The block must not be registered. */
  add(block: number, hash: number): void {
    this.hashes[block] = hash;
    const cell = this.cellOf(hash);
    const first = this.firsts[cell] ?? NONE;
    if (first === NONE) {
      this.keys[cell] = hash;
      this.firsts[cell] = block;
      this.following[block] = block;
      this.preceding[block] = block;
      return;
    }
    const last = this.preceding[first] ?? first;
    this.following[last] = block;
    this.preceding[block] = last;
    this.following[block] = first;
    this.preceding[first] = block;
  }

  /** The block must be registered. */
  remove(block: number): void {
    const next = this.following[block] ?? block;
    const cell = this.cellOf(this.hashes[block] ?? 0);
    if (next === block) this.empty(cell);
    else {
      const previous = this.preceding[block] ?? block;
      this.following[previous] = next;
      this.preceding[next] = previous;
      if (this.firsts[cell] === block) this.firsts[cell] = next;
    }
    this.following[block] = NONE;
  }

  /** The cell of the hash, or the empty one where it would go. */
  private cellOf(hash: number): number {
    const { keys, firsts, mask } = this;
    let cell = scatter(hash) & mask;
    while (firsts[cell] !== NONE && keys[cell] !== hash) cell = (cell + 1) & mask;
    return cell;
  }

  /** Closes the gap by moving back what probing had pushed past it, so that no tombstones pile up. */
  private empty(start: number): void {
    const { keys, firsts, mask } = this;
    let hole = start;
    let cell = (hole + 1) & mask;
    while (firsts[cell] !== NONE) {
      const home = scatter(keys[cell] ?? 0) & mask;
      if (((cell - home) & mask) >= ((cell - hole) & mask)) {
        keys[hole] = keys[cell] ?? 0;
        firsts[hole] = firsts[cell] ?? NONE;
        hole = cell;
      }
      cell = (cell + 1) & mask;
    }
    firsts[hole] = NONE;
  }
}

const NONE = -1;

/** Integers below 2^53 in size, spread over 32 bits: MurmurHash3's finaliser over both halves. */
function scatter(hash: number): number {
  let h = (hash | 0) ^ Math.imul(Math.floor(hash / 4294967296) | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
