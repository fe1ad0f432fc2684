import type { EngineCounters, EngineRequest, EngineSpec, Refusal } from "../types.ts";
import { commonPages, type PageKey, pagesOf } from "./page-key.ts";
import { admitted, type Batch, type Scheduler } from "./scheduler.ts";
import type { Sequence } from "./sequence.ts";

/** One slot: a share of the context, and the text that the last request left in it. */
export interface Slot {
  sequence: Sequence<Slot> | undefined;
  key: PageKey | undefined;
  /** Pages of the text of `key` that are computed. */
  pages: number;
  lastUsed: number;
}

/** llama.cpp's slot_prompt_similarity: a slot that shares a larger part of the prompt is preferred to the least recently used one. */
const SIMILAR = 0.1;

/**
 * llama.cpp's server (tools/server: server-context.cpp, server-queue.cpp), started with separate slots:
 *
 * - The context is dealt out over the slots; a prompt as long as a slot's share is refused, and an answer ends where the share does.
 * - A request takes a free slot: the one with the longest common prefix, where that is more than a tenth of the prompt, else the least recently used.
 *   Without one it is deferred, first come first served. Nothing is ever preempted.
 * - A step takes one token of each slot that answers, then prompts in the order of the slots up to n_batch.
 * - A slot's text stays until the next request in it: what they have in common is not computed again, but for the last token. Slots share nothing.
 */
export class LlamaCppScheduler implements Scheduler<Slot> {
  private readonly spec: EngineSpec;
  private readonly counters: EngineCounters;
  private readonly slots: Slot[];
  private readonly queue: Sequence<Slot>[] = [];
  private readonly share: number;
  private active = 0;
  private uses = 0;

  constructor(spec: EngineSpec, counters: EngineCounters) {
    this.spec = spec;
    this.counters = counters;
    this.share = Math.min(spec.maxModelLen, Math.floor((spec.blocks * spec.blockSize) / spec.maxSeqs));
    this.slots = Array.from({ length: spec.maxSeqs }, () => ({
      sequence: undefined,
      key: undefined,
      pages: 0,
      lastUsed: -1,
    }));
  }

  get running(): number {
    return this.active;
  }

  get waiting(): number {
    return this.queue.length;
  }

  get usedBlocks(): number {
    let tokens = 0;
    for (const { sequence } of this.slots) tokens += sequence?.computed ?? 0;
    return Math.ceil(tokens / this.spec.blockSize);
  }

  get pendingPrefillTokens(): number {
    let tokens = 0;
    for (const sequence of this.queue) tokens += sequence.target;
    for (const { sequence } of this.slots)
      if (sequence !== undefined && !sequence.decoding) tokens += sequence.target - sequence.computed;
    return tokens;
  }

  /** The most that a free slot has of it. */
  peekPrefix(blockHashes: ArrayLike<number>): number {
    const pages = pagesOf(blockHashes);
    let most = 0;
    for (const slot of this.slots) {
      if (slot.sequence !== undefined || slot.key === undefined) continue;
      most = Math.max(most, commonPages(pages, slot.key, 0, Math.min(slot.pages, blockHashes.length)));
    }
    return most * this.spec.blockSize;
  }

  refusal(request: EngineRequest): Refusal | undefined {
    return request.inputTokens >= this.share ? "prompt-too-long" : undefined;
  }

  mostOutput(request: EngineRequest): number {
    return this.share - request.inputTokens;
  }

  enqueue(sequence: Sequence<Slot>): void {
    this.queue.push(sequence);
  }

  plan(batch: Batch<Slot>, at: number): void {
    this.place(at);
    const drafts = this.spec.speculation?.tokens ?? 0;
    let budget = this.spec.tokenBudget;
    for (const { sequence } of this.slots) {
      if (sequence === undefined || !sequence.decoding) continue;
      // A draft never runs past the slot's share.
      const m = 1 + Math.min(drafts, Math.max(0, this.share - sequence.computed - 1));
      batch.add(sequence, m);
      budget -= m;
    }
    for (const { sequence } of this.slots) {
      if (budget <= 0) break;
      if (sequence === undefined || sequence.decoding) continue;
      const m = Math.min(budget, sequence.target - sequence.computed);
      batch.add(sequence, m);
      budget -= m;
    }
  }

  prefilled(): void {
    // The slot is the sequence's until it leaves.
  }

  leave(sequence: Sequence<Slot>): void {
    const slot = sequence.place;
    if (slot === undefined) {
      this.queue.splice(this.queue.indexOf(sequence), 1);
      return;
    }
    slot.sequence = undefined;
    slot.key = sequence.key;
    slot.pages = Math.floor(sequence.computed / this.spec.blockSize);
    slot.lastUsed = ++this.uses;
    sequence.place = undefined;
    this.active--;
  }

  private place(at: number): void {
    while (this.queue.length > 0 && this.active < this.slots.length) {
      const sequence = this.queue.shift();
      if (sequence === undefined) return;
      const { slot, common } = this.choose(sequence);
      slot.sequence = sequence;
      sequence.place = slot;
      this.active++;
      const cached = Math.min(common * this.spec.blockSize, sequence.input - 1);
      admitted(this.counters, sequence, cached, at, this.spec.prefixCache);
    }
  }

  private choose(sequence: Sequence<Slot>): { readonly slot: Slot; readonly common: number } {
    const { blockSize, prefixCache } = this.spec;
    const most = Math.floor(sequence.input / blockSize);
    let similar: Slot | undefined;
    let oldest: Slot | undefined;
    let best = (SIMILAR * sequence.input) / blockSize;
    for (const slot of this.slots) {
      if (slot.sequence !== undefined) continue;
      if (oldest === undefined || slot.lastUsed <= oldest.lastUsed) oldest = slot;
      const common = prefixCache ? this.common(slot, sequence, most) : 0;
      if (common <= best) continue;
      best = common;
      similar = slot;
    }
    const slot = similar ?? oldest;
    if (slot === undefined) throw new RangeError("No slot is free.");
    return { slot, common: prefixCache ? this.common(slot, sequence, most) : 0 };
  }

  private common(slot: Slot, sequence: Sequence<Slot>, most: number): number {
    return slot.key === undefined ? 0 : commonPages(slot.key, sequence.key, 0, Math.min(slot.pages, most));
  }
}
