/**
 * KV blocks as plainly as they can be written: a Set in insertion order is the LRU list of free blocks, a Map the prefix cache. The oracle of the
 * tests; the product has src/twin/engine/vllm/block-pool.ts.
 */
export class ReferencePool {
  readonly references: number[];
  readonly free = new Set<number>();
  private readonly hashes: (number | undefined)[];
  private readonly cached = new Map<number, number[]>();

  constructor(blocks: number) {
    this.references = new Array<number>(blocks).fill(0);
    this.hashes = new Array<number | undefined>(blocks).fill(undefined);
    for (let block = 0; block < blocks; block++) this.free.add(block);
  }

  find(hash: number): number | undefined {
    return this.cached.get(hash)?.[0];
  }

  touch(block: number): void {
    this.free.delete(block);
    this.references[block] = (this.references[block] ?? 0) + 1;
  }

  take(): number {
    const block = this.free.values().next().value;
    if (block === undefined) throw new Error("no block is free");
    this.forget(block);
    this.touch(block);
    return block;
  }

  register(block: number, hash: number): void {
    if (this.hashes[block] !== undefined) return;
    this.hashes[block] = hash;
    const others = this.cached.get(hash);
    if (others === undefined) this.cached.set(hash, [block]);
    else others.push(block);
  }

  /** In the order given; the first is evicted first. */
  release(blocks: readonly number[]): void {
    for (const block of blocks) {
      const left = (this.references[block] ?? 0) - 1;
      this.references[block] = left;
      if (left < 0) throw new Error(`block ${block} was freed twice`);
      if (left === 0) this.free.add(block);
    }
  }

  private forget(block: number): void {
    const hash = this.hashes[block];
    if (hash === undefined) return;
    this.hashes[block] = undefined;
    const rest = (this.cached.get(hash) ?? []).filter((other) => other !== block);
    if (rest.length === 0) this.cached.delete(hash);
    else this.cached.set(hash, rest);
  }
}
