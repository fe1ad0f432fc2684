import type { EngineSpec } from "../types.ts";
import { pagesOf } from "./page-key.ts";
import { RadixCache, type RadixPlace } from "./radix-cache.ts";
import type { Sequence } from "./sequence.ts";

/** Where a sequence's memory lies: the tree's pages up to a place, and pages of its own behind them. */
export interface RadixLease {
  place: RadixPlace;
  own: number;
}

type Held = Sequence<RadixLease>;

/**
 * The pages of an engine: in the radix tree (on the path of a running sequence, or idle), a sequence's own, leaked, or free. Without a prefix cache the
 * tree stays empty.
 */
export class RadixMemory {
  readonly tree = new RadixCache();
  private readonly spec: EngineSpec;
  private own = 0;
  private leaked = 0;

  constructor(spec: EngineSpec) {
    this.spec = spec;
  }

  /** Pages that a sequence can have: free ones, and the tree's idle ones. */
  get available(): number {
    return this.free + this.tree.evictable;
  }

  get used(): number {
    return this.tree.locked + this.own + this.leaked;
  }

  /** Tokens of this prompt in the tree. */
  peek(blockHashes: ArrayLike<number>): number {
    return this.tree.peek(pagesOf(blockHashes), blockHashes.length) * this.spec.blockSize;
  }

  /** Where the longest cached prefix of a sequence ends; never its last token. */
  find(sequence: Held): RadixPlace {
    if (!this.spec.prefixCache) return this.tree.root;
    return this.tree.match(sequence.key, Math.floor((sequence.target - 1) / this.spec.blockSize));
  }

  hold(sequence: Held, place: RadixPlace): void {
    this.tree.lock(place);
    sequence.place = { place, own: 0 };
  }

  /** Pages that a sequence lacks for so many tokens. */
  missing(sequence: Held, tokens: number): number {
    const lease = sequence.place;
    return lease === undefined ? 0 : Math.max(0, Math.ceil(tokens / this.spec.blockSize) - lease.place.to - lease.own);
  }

  /** Takes the pages that `tokens` need, evicting where none is free; false where there are not enough. */
  grow(sequence: Held, tokens: number): boolean {
    const lease = sequence.place;
    if (lease === undefined) return false;
    const pages = this.missing(sequence, tokens);
    const short = pages - this.free;
    if (short > 0 && (short > this.tree.evictable || this.tree.evict(short) < short)) return false;
    lease.own += pages;
    this.own += pages;
    return true;
  }

  /** Hands the full pages that a sequence has computed to the tree, and keeps what is behind them. */
  settle(sequence: Held): void {
    const lease = sequence.place;
    if (lease === undefined || !this.spec.prefixCache) return;
    const full = Math.floor(sequence.computed / this.spec.blockSize);
    if (full <= lease.place.to) return;
    const behind = lease.place.to + lease.own - full;
    const { place } = this.tree.insert(sequence.key, full);
    this.tree.lock(place);
    this.tree.unlock(lease.place);
    this.own += behind - lease.own;
    lease.place = place;
    lease.own = behind;
  }

  release(sequence: Held): void {
    const lease = sequence.place;
    if (lease === undefined) return;
    this.tree.unlock(lease.place);
    this.own -= lease.own;
    sequence.place = undefined;
  }

  /** Loses pages for good, as far as there are any to lose. */
  leak(pages: number): void {
    const lost = Math.min(pages, this.available);
    const short = lost - this.free;
    if (short > 0) this.tree.evict(short);
    this.leaked += lost;
  }

  private get free(): number {
    return this.spec.blocks - this.tree.size - this.own - this.leaked;
  }
}
