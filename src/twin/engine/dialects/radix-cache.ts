import { DeadlineQueue } from "../../../base/index.ts";
import { commonPages, type Pages } from "./page-key.ts";

/** A stretch of pages that follows its parent's; its own pages are `from` to `to` of `pages`. */
interface RadixNode {
  parent: RadixNode | undefined;
  readonly children: Map<number, RadixNode>;
  readonly pages: Pages;
  from: number;
  readonly to: number;
  /** Sequences that run on a path through it. */
  locks: number;
  used: number;
  held: boolean;
}

const QUEUE_SLACK = 1024;

/** A place in the tree: the pages from the root to the end of a node. */
export type RadixPlace = RadixNode;

/**
 * SGLang's radix tree of cached prefixes, over named pages. What no running sequence lies on can be evicted: leaves first, the least recently used
 * first, each whole. A node splits where a prefix ends inside it.
 */
export class RadixCache {
  readonly root: RadixPlace = node(undefined, { at: () => Number.NaN }, 0, 0);
  private readonly leaves = new DeadlineQueue<RadixNode>();
  private tick = 0;
  private pagesHeld = 0;
  private pagesLocked = 0;
  private queueLimit = QUEUE_SLACK;

  constructor() {
    this.root.locks = 1;
  }

  /** All pages in the tree. */
  get size(): number {
    return this.pagesHeld;
  }

  get evictable(): number {
    return this.pagesHeld - this.pagesLocked;
  }

  /** Entries of the eviction queue, stale ones included. */
  get queued(): number {
    return this.leaves.size;
  }

  get locked(): number {
    return this.pagesLocked;
  }

  /** Pages that the tree has of these, up to `most`; changes nothing. */
  peek(pages: Pages, most: number): number {
    let at = this.root;
    while (at.to < most) {
      const child = at.children.get(pages.at(at.to));
      if (child === undefined) break;
      const end = Math.min(child.to, most);
      const common = commonPages(pages, child.pages, child.from, end);
      if (common < child.to - child.from) return child.from + common;
      at = child;
    }
    return at.to;
  }

  /** The place where the longest prefix that the tree has ends, at most `most` pages from the root. */
  match(pages: Pages, most: number): RadixPlace {
    const now = ++this.tick;
    let at = this.root;
    while (at.to < most) {
      const child = at.children.get(pages.at(at.to));
      if (child === undefined) break;
      const common = commonPages(pages, child.pages, child.from, Math.min(child.to, most));
      if (common === 0) break;
      at = common < child.to - child.from ? this.split(child, child.from + common) : child;
      this.touch(at, now);
    }
    return at;
  }

  /** Adds the first `count` pages; `added` of them were not there. They count as evictable until locked. */
  insert(pages: Pages, count: number): { readonly place: RadixPlace; readonly added: number } {
    const at = this.match(pages, count);
    const added = count - at.to;
    if (added <= 0) return { place: at, added: 0 };
    const leaf = node(at, pages, at.to, count);
    at.children.set(pages.at(at.to), leaf);
    this.pagesHeld += added;
    this.touch(leaf, this.tick);
    return { place: leaf, added };
  }

  /** Pages on the way to a place that nobody holds: locking it makes as many fewer evictable. */
  idle(place: RadixPlace): number {
    let pages = 0;
    for (let at: RadixNode | undefined = place; at !== undefined && at.locks === 0; at = at.parent)
      pages += at.to - at.from;
    return pages;
  }

  lock(place: RadixPlace): void {
    for (let at: RadixNode | undefined = place; at?.parent !== undefined; at = at.parent) {
      if (at.locks++ === 0) this.pagesLocked += at.to - at.from;
    }
  }

  unlock(place: RadixPlace): void {
    for (let at: RadixNode | undefined = place; at?.parent !== undefined; at = at.parent) {
      if (--at.locks > 0) continue;
      this.pagesLocked -= at.to - at.from;
      this.offer(at);
    }
  }

  /** Evicts leaves until `pages` are gone or none is left to evict; returns how many went. */
  evict(pages: number): number {
    let gone = 0;
    while (gone < pages) {
      const used = this.leaves.next;
      const leaf = this.leaves.popDue(Number.POSITIVE_INFINITY);
      if (leaf === undefined) break;
      // The queue is lazy: a leaf that was used, locked or extended since has another entry, or will get one.
      if (leaf.used !== used || !leaf.held || leaf.locks > 0 || leaf.children.size > 0) continue;
      const { parent } = leaf;
      if (parent === undefined) continue;
      leaf.held = false;
      parent.children.delete(leaf.pages.at(leaf.from));
      gone += leaf.to - leaf.from;
      this.pagesHeld -= leaf.to - leaf.from;
      this.offer(parent);
    }
    return gone;
  }

  private touch(at: RadixNode, now: number): void {
    at.used = now;
    this.offer(at);
  }

  private offer(at: RadixNode): void {
    if (at.locks > 0 || at.children.size > 0 || at.parent === undefined) return;
    this.leaves.push(at.used, at);
    if (this.leaves.size > this.queueLimit) this.tidy();
  }

  /** Cuts a node in two at a page. The upper part is new and is returned; whoever lies on the node lies on its lower part, and on both. */
  private split(below: RadixNode, at: number): RadixNode {
    const { parent } = below;
    const upper = node(parent, below.pages, below.from, at);
    upper.locks = below.locks;
    upper.used = below.used;
    parent?.children.set(below.pages.at(below.from), upper);
    upper.children.set(below.pages.at(at), below);
    below.parent = upper;
    below.from = at;
    return upper;
  }

  /** Drops entries that say nothing new, so that the queue stays as small as the tree. */
  private tidy(): void {
    const leaves = new Set(this.leaves.clear());
    for (const leaf of leaves) {
      if (leaf.held && leaf.locks === 0 && leaf.children.size === 0) this.leaves.push(leaf.used, leaf);
    }
    this.queueLimit = 2 * this.leaves.size + QUEUE_SLACK;
  }
}

function node(parent: RadixNode | undefined, pages: Pages, from: number, to: number): RadixNode {
  return { parent, children: new Map(), pages, from, to, locks: 0, used: 0, held: true };
}
