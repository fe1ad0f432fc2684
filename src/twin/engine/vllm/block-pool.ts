import { HashIndex } from "./hash-index.ts";
import type { Sequence } from "./sequence.ts";

/**
 * The KV blocks. Without a prefix cache blocks are alike, and only counted. With one they have names: a reference count each, a doubly linked list of
 * the free ones in the order of their freeing, from whose head blocks are taken, and an index of what full blocks hold. A freed block stays in the
 * index until it is taken again, so that eviction is least recently used and a side effect of taking.
 */
export class BlockPool {
  readonly total: number;
  readonly blockSize: number;
  readonly named: boolean;
  /** Free, idle cached ones included. */
  free: number;
  /** Never given back by finished requests. */
  leaked = 0;

  private readonly index: HashIndex;
  private readonly references: Int32Array;
  /** Links of the free list; its ends are at place `total`. */
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  /** Hashes of blocks that no other request can hold are below 0, a stretch of this length a request. */
  private readonly stretch: number;

  constructor(total: number, blockSize: number, mostTokens: number, named: boolean) {
    this.total = total;
    this.blockSize = blockSize;
    this.named = named;
    this.free = total;
    const places = named ? total : 0;
    this.index = new HashIndex(places);
    this.references = new Int32Array(places);
    this.after = Int32Array.from({ length: places + 1 }, (_, i) => (i + 1) % (places + 1));
    this.before = Int32Array.from({ length: places + 1 }, (_, i) => (i + places) % (places + 1));
    this.stretch = Math.ceil(mostTokens / blockSize) + 1;
  }

  blocksOf(tokens: number): number {
    return Math.ceil(tokens / this.blockSize);
  }

  /** Gives the sequence blocks until it has `blocks`; there must be enough. */
  extend(s: Sequence, blocks: number): void {
    if (blocks <= s.held) return;
    this.free -= blocks - s.held;
    if (this.named) for (let i = s.held; i < blocks; i++) s.table.push(this.take());
    s.held = blocks;
  }

  /** A free block by name, no longer cached. The count of the free ones is the caller's. */
  take(): number {
    const block = this.after[this.total] ?? 0;
    this.unlink(block);
    this.references[block] = 1;
    if (this.index.has(block)) this.index.remove(block);
    return block;
  }

  /** Holds cached blocks for the sequence, as its first ones. */
  adopt(s: Sequence, blocks: readonly number[], count: number): void {
    for (let i = 0; i < count; i++) {
      const block = blocks[i] ?? 0;
      const references = this.references[block] ?? 0;
      if (references === 0) {
        this.unlink(block);
        this.free--;
      }
      this.references[block] = references + 1;
      s.table.push(block);
    }
    s.held = count;
    s.registered = count;
  }

  /** Of these blocks, how many nobody holds: adopting those takes from the free ones. */
  idle(blocks: readonly number[], count: number): number {
    let idle = 0;
    for (let i = 0; i < count; i++) if (this.references[blocks[i] ?? 0] === 0) idle++;
    return idle;
  }

  /**
   * Caches the sequence's full blocks up to number `full`. vLLM does so when the step that fills them is scheduled, so that a request admitted later
   * in the same step finds them. A block of content that nobody else can ask for is entered only when its own request may come back for it (`keepOwn`).
   */
  register(s: Sequence, full: number): void {
    for (let i = s.registered; i < full; i++) {
      const hash = this.sharedHash(s, i);
      if (hash !== undefined) this.enter(s.table[i] ?? 0, hash);
    }
    if (full > s.registered) s.registered = full;
  }

  /** Before a preemption: the request will look for its own blocks. */
  keepOwn(s: Sequence): void {
    for (let i = 0; i < s.registered; i++)
      if (this.sharedHash(s, i) === undefined) this.enter(s.table[i] ?? 0, this.ownHash(s, i));
  }

  /** How many of the sequence's first `most` blocks are cached; their names go to `into`. */
  lookup(s: Sequence, most: number, into: number[]): number {
    if (s.request.blockHashes === undefined && s.preemptions === 0) return 0;
    for (let i = 0; i < most; i++) {
      const block = this.index.find(this.sharedHash(s, i) ?? this.ownHash(s, i));
      if (block < 0) return i;
      into[i] = block;
    }
    return most;
  }

  /** Tokens of these blocks that a lookup would find. */
  peek(hashes: ArrayLike<number>): number {
    if (!this.named) return 0;
    let found = 0;
    while (found < hashes.length && this.index.find(hashes[found] ?? 0) >= 0) found++;
    return found * this.blockSize;
  }

  /** Takes all blocks back but the last `leak`, the last first, so that the tail of a prompt is evicted before its head. */
  release(s: Sequence, leak: number): void {
    const kept = Math.min(leak, s.held);
    this.leaked += kept;
    if (!this.named) this.free += s.held - kept;
    else {
      for (let i = s.held - kept - 1; i >= 0; i--) {
        const block = s.table[i] ?? 0;
        const references = (this.references[block] ?? 0) - 1;
        this.references[block] = references;
        if (references === 0) {
          this.link(block);
          this.free++;
        }
      }
      s.table.length = 0;
    }
    s.held = 0;
    s.registered = 0;
  }

  /** How many hold the block, for the tests. */
  referencesOf(block: number): number {
    return this.references[block] ?? 0;
  }

  /** Free blocks by name, the next one to be taken first, for the tests. */
  *freeBlocks(): Generator<number> {
    for (let block = this.after[this.total] ?? 0; block !== this.total; block = this.after[block] ?? 0) yield block;
  }

  /** A block that was found by lookup keeps the entry that it has. */
  private enter(block: number, hash: number): void {
    if (!this.index.has(block)) this.index.add(block, hash);
  }

  /** Hash of the content of block `i` where another request may ask for it. */
  private sharedHash(s: Sequence, i: number): number | undefined {
    if ((i + 1) * this.blockSize <= s.input) return s.request.blockHashes?.[i];
    return s.request.answerBlockHash?.(i);
  }

  private ownHash(s: Sequence, i: number): number {
    return -(s.serial * this.stretch + i + 1);
  }

  private unlink(block: number): void {
    const after = this.after[block] ?? 0;
    const before = this.before[block] ?? 0;
    this.after[before] = after;
    this.before[after] = before;
  }

  private link(block: number): void {
    const last = this.before[this.total] ?? 0;
    this.after[last] = block;
    this.before[block] = last;
    this.after[block] = this.total;
    this.before[this.total] = block;
  }
}
