import { AFTER, BEFORE, BlockTable, HASH, REFERENCES, WORDS } from "./block-table.ts";
import { HashIndex } from "./hash-index.ts";
import { NO_BLOCKS, type Sequence } from "./sequence.ts";

/**
 * The KV blocks. As long as nobody could find one again, blocks are alike, and only counted: without a prefix cache always, with one until the first
 * request that shares its content, or the first preemption. From then on they have names: a reference count each, a doubly linked list of the free ones
 * in the order of their freeing, from whose head blocks are taken, and an index of what full blocks hold. A freed block stays in the index until it is
 * taken again, so that eviction is least recently used and a side effect of taking.
 */
export class BlockPool {
  readonly total: number;
  readonly blockSize: number;
  /** There is a prefix cache. */
  readonly caches: boolean;
  named = false;
  /** Free, idle cached ones included. */
  free: number;
  /** Never given back by finished requests. */
  leaked = 0;

  private readonly index: HashIndex;
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;
  private readonly key = new Float64Array(1);
  /** Where the free list begins and ends, among the words. */
  private readonly ends: number;
  /** Hashes of blocks that no other request can hold are below 0, a stretch of this length a request. */
  private readonly stretch: number;
  /** Tables that nobody uses, and places that drafts may need beyond an answer. */
  private readonly tables: Int32Array[] = [];
  private readonly spare: number;

  constructor(total: number, blockSize: number, mostTokens: number, caches: boolean, drafts: number) {
    this.total = total;
    this.blockSize = blockSize;
    this.caches = caches;
    this.free = total;
    this.spare = Math.ceil((3 * drafts) / blockSize) + 1;
    const places = caches ? total : 0;
    const table = new BlockTable(places);
    this.index = new HashIndex(table, places);
    this.words = table.words;
    this.doubles = table.doubles;
    this.ends = WORDS * places;
    for (let place = 0; place <= places; place++) {
      this.words[WORDS * place + AFTER] = (place + 1) % (places + 1);
      this.words[WORDS * place + BEFORE] = (place + places) % (places + 1);
    }
    this.stretch = Math.ceil(mostTokens / blockSize) + 1;
  }

  blocksOf(tokens: number): number {
    return Math.ceil(tokens / this.blockSize);
  }

  /** Blocks get names; those that are held must then be named, sequence by sequence (`name`). Nothing is cached yet, so that the free ones are still alike. */
  beginNames(): void {
    this.named = true;
    for (let i = 0; i < this.leaked; i++) this.take();
  }

  /** Names the blocks that the sequence holds; they are counted already. */
  name(s: Sequence): void {
    if (s.held > 0) this.lend(s);
    for (let i = 0; i < s.held; i++) s.table[i] = this.take();
  }

  /** Gives the sequence blocks until it has `blocks`; there must be enough. */
  extend(s: Sequence, blocks: number): void {
    const { held } = s;
    if (blocks <= held) return;
    this.free -= blocks - held;
    if (this.named) {
      if (held === 0) this.lend(s);
      for (let i = held; i < blocks; i++) s.table[i] = this.take();
    }
    s.held = blocks;
  }

  /** A free block by name, no longer cached. The count of the free ones is the caller's. */
  take(): number {
    const block = this.words[this.ends + AFTER] ?? 0;
    this.unlink(block);
    this.words[WORDS * block + REFERENCES] = 1;
    if (this.index.has(block)) this.index.remove(block);
    return block;
  }

  /** Holds cached blocks for the sequence, as its first ones. */
  adopt(s: Sequence, blocks: readonly number[], count: number): void {
    this.lend(s);
    for (let i = 0; i < count; i++) {
      const block = blocks[i] ?? 0;
      const references = this.words[WORDS * block + REFERENCES] ?? 0;
      if (references === 0) {
        this.unlink(block);
        this.free--;
      }
      this.words[WORDS * block + REFERENCES] = references + 1;
      s.table[i] = block;
    }
    s.held = count;
    s.registered = count;
  }

  /** Of these blocks, how many nobody holds: adopting those takes from the free ones. */
  idle(blocks: readonly number[], count: number): number {
    let idle = 0;
    for (let i = 0; i < count; i++) if (this.words[WORDS * (blocks[i] ?? 0) + REFERENCES] === 0) idle++;
    return idle;
  }

  /**
   * Caches the sequence's full blocks up to number `full`. vLLM does so when the step that fills them is scheduled, so that a request admitted later
   * in the same step finds them. A block of content that nobody else can ask for is entered only when its own request may come back for it (`keepOwn`).
   */
  register(s: Sequence, full: number): void {
    if (full <= s.registered) return;
    const { blockHashes: prompt, answerBlockHash: answer } = s.request;
    // A block that was found by lookup keeps the entry that it has.
    const ofPrompt = Math.min(full, Math.floor(s.input / this.blockSize));
    let i = s.registered;
    s.registered = full;
    if (!this.named) return;
    if (prompt === undefined) i = Math.max(i, ofPrompt);
    for (; i < ofPrompt; i++) {
      const block = s.table[i] ?? 0;
      if (this.index.has(block)) continue;
      this.doubles[4 * block + HASH] = prompt?.[i] ?? Number.NaN;
      this.index.add(block);
    }
    if (answer === undefined) return;
    for (; i < full; i++) {
      const block = s.table[i] ?? 0;
      if (this.index.has(block)) continue;
      this.doubles[4 * block + HASH] = answer(i);
      this.index.add(block);
    }
  }

  /** Before a preemption: the request will look for its own blocks. */
  keepOwn(s: Sequence): void {
    for (let i = 0; i < s.registered; i++) {
      const block = s.table[i] ?? 0;
      if (this.index.has(block)) continue;
      this.doubles[4 * block + HASH] = this.hashOf(s, i);
      this.index.add(block);
    }
  }

  /** How many of the sequence's first `most` blocks are cached; their names go to `into`. */
  lookup(s: Sequence, most: number, into: number[]): number {
    const { blockHashes: prompt } = s.request;
    if (prompt === undefined && s.preemptions === 0) return 0;
    const ofPrompt = prompt === undefined ? 0 : Math.min(most, Math.floor(s.input / this.blockSize), prompt.length);
    if (prompt !== undefined)
      for (let i = 0; i < ofPrompt; i++) {
        const block = this.index.find(prompt, i);
        if (block < 0) return i;
        into[i] = block;
      }
    for (let i = ofPrompt; i < most; i++) {
      this.key[0] = this.hashOf(s, i);
      const block = this.index.find(this.key, 0);
      if (block < 0) return i;
      into[i] = block;
    }
    return most;
  }

  /** Tokens of these blocks that a lookup would find. */
  peek(hashes: ArrayLike<number>): number {
    if (!this.named) return 0;
    let found = 0;
    while (found < hashes.length && this.index.find(hashes, found) >= 0) found++;
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
        const references = (this.words[WORDS * block + REFERENCES] ?? 0) - 1;
        this.words[WORDS * block + REFERENCES] = references;
        if (references === 0) {
          this.link(block);
          this.free++;
        }
      }
      if (s.held > 0) this.tables.push(s.table);
      s.table = NO_BLOCKS;
    }
    s.held = 0;
    s.registered = 0;
  }

  /** How many hold the block, for the tests. */
  referencesOf(block: number): number {
    return this.words[WORDS * block + REFERENCES] ?? 0;
  }

  /** Free blocks by name, the next one to be taken first, for the tests. */
  *freeBlocks(): Generator<number> {
    for (let place = this.next(this.ends); WORDS * place !== this.ends; place = this.next(WORDS * place)) yield place;
  }

  /** A table long enough for all that the sequence will ever hold, drafts included. */
  private lend(s: Sequence): void {
    const most = Math.min(this.blocksOf(s.input + s.output) + this.spare, this.total);
    const table = this.tables.pop();
    s.table = table !== undefined && table.length >= most ? table : new Int32Array(2 * most);
  }

  private next(at: number): number {
    return this.words[at + AFTER] ?? 0;
  }

  /** Hash of the content of block `i`; one below 0 where no other request can ask for it. */
  private hashOf(s: Sequence, i: number): number {
    const { blockHashes, answerBlockHash } = s.request;
    const shared = (i + 1) * this.blockSize <= s.input ? blockHashes?.[i] : answerBlockHash?.(i);
    return shared ?? -(s.serial * this.stretch + i + 1);
  }

  private unlink(block: number): void {
    const { words } = this;
    const after = words[WORDS * block + AFTER] ?? 0;
    const before = words[WORDS * block + BEFORE] ?? 0;
    words[WORDS * before + AFTER] = after;
    words[WORDS * after + BEFORE] = before;
  }

  /** As the last of the free ones. */
  private link(block: number): void {
    const { words, ends } = this;
    const last = words[ends + BEFORE] ?? 0;
    words[WORDS * last + AFTER] = block;
    words[WORDS * block + BEFORE] = last;
    words[WORDS * block + AFTER] = ends / WORDS;
    words[ends + BEFORE] = block;
  }
}
