import type { EngineCounters, EngineRequest, EngineSpec, Refusal } from "../types.ts";
import { commonPages, pagesOf } from "./page-key.ts";
import { type CachedText, PromptCache } from "./prompt-cache.ts";
import { admitted, type Batch, knownCached, type Scheduler } from "./scheduler.ts";
import type { Sequence } from "./sequence.ts";

/** One slot: a share of the context, and the text that the last request left in it. */
export interface Slot {
  sequence: Sequence<Slot> | undefined;
  text: CachedText | undefined;
  lastUsed: number;
  /** The prompt cache has been given its text. */
  saved: boolean;
}

/** A slot's text of which less would be kept is saved first, and a better one looked for. */
const WORTH_KEEPING = 0.5;
/** llama.cpp's slot_prompt_similarity: a slot that shares a larger part of the prompt is preferred to the least recently used one. */
const SIMILAR = 0.1;

/**
 * llama.cpp's server (tools/server: server-context.cpp, server-queue.cpp), started with separate slots:
 *
 * - The context is dealt out over the slots; a prompt as long as a slot's share is refused, and an answer ends where the share does.
 * - A request takes a free slot: the one with the longest common prefix, where that is more than a tenth of the prompt, else the least recently used.
 *   Without one it is deferred, first come first served. Nothing is ever preempted.
 * - A step takes one token of each slot that answers, then prompts in the order of the slots up to n_batch.
 * - A slot's text stays until the next request in it: what they have in common is not computed again, but for the last token. Slots share nothing, but the
 *   prompt cache in the host's memory keeps idle slots' texts and gives one back to a slot that has nothing as good.
 */
export class LlamaCppScheduler implements Scheduler<Slot> {
  private readonly spec: EngineSpec;
  private readonly counters: EngineCounters;
  private readonly slots: Slot[];
  private readonly queue: Sequence<Slot>[] = [];
  private waitingTokens = 0;
  private readonly share: number;
  private readonly cache: PromptCache;
  private active = 0;
  private uses = 0;

  constructor(spec: EngineSpec, counters: EngineCounters) {
    this.spec = spec;
    this.counters = counters;
    this.share = Math.min(spec.maxModelLen, Math.floor((spec.blocks * spec.blockSize) / spec.maxSeqs));
    this.slots = Array.from({ length: spec.maxSeqs }, () => ({
      sequence: undefined,
      text: undefined,
      lastUsed: -1,
      saved: true,
    }));
    this.cache = new PromptCache(Math.floor((spec.llamacpp?.promptCache ?? 0) / spec.blockSize));
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
    let tokens = this.waitingTokens;
    for (const { sequence } of this.slots)
      if (sequence !== undefined && !sequence.decoding) tokens += sequence.target - sequence.computed;
    return tokens;
  }

  /** The most that a free slot has of it. */
  peekPrefix(blockHashes: ArrayLike<number>): number {
    const pages = pagesOf(blockHashes);
    let most = 0;
    for (const slot of this.slots) {
      const { sequence, text } = slot;
      if (sequence !== undefined || text === undefined) continue;
      most = Math.max(most, commonPages(pages, text.key, 0, Math.min(text.pages, blockHashes.length)));
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
    this.waitingTokens += sequence.target;
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

  steadyFor(sequences: readonly Sequence<Slot>[]): number {
    const places = this.queue.length > 0 && this.active < this.slots.length;
    if (places || this.spec.speculation !== undefined || sequences.length !== this.active) return 0;
    return Number.POSITIVE_INFINITY;
  }

  skipped(): void {
    // A slot's share is the sequence's however much of it is used.
  }

  prefilled(): void {
    // The slot is the sequence's until it leaves.
  }

  leave(sequence: Sequence<Slot>): void {
    const slot = sequence.place;
    if (slot === undefined) {
      this.queue.splice(this.queue.indexOf(sequence), 1);
      this.waitingTokens -= sequence.target;
      return;
    }
    slot.sequence = undefined;
    slot.text = { key: sequence.key, pages: Math.floor(sequence.computed / this.spec.blockSize) };
    slot.saved = false;
    slot.lastUsed = ++this.uses;
    sequence.place = undefined;
    this.active--;
  }

  private place(at: number): void {
    while (this.queue.length > 0 && this.active < this.slots.length) {
      const sequence = this.queue.shift();
      if (sequence === undefined) return;
      this.waitingTokens -= sequence.target;
      const slot = this.choose(sequence);
      const common = this.common(slot.text, sequence);
      slot.sequence = sequence;
      sequence.place = slot;
      this.active++;
      const { blockSize } = this.spec;
      const cached = Math.min(Math.max(common * blockSize, knownCached(sequence, blockSize)), sequence.input - 1);
      admitted(this.counters, sequence, cached, at, this.spec.prefixCache);
    }
  }

  private choose(sequence: Sequence<Slot>): Slot {
    let similar: Slot | undefined;
    let oldest: Slot | undefined;
    let best = (SIMILAR * sequence.input) / this.spec.blockSize;
    for (const slot of this.slots) {
      if (slot.sequence !== undefined) continue;
      if (oldest === undefined || slot.lastUsed <= oldest.lastUsed) oldest = slot;
      const common = this.common(slot.text, sequence);
      if (common <= best) continue;
      best = common;
      similar = slot;
    }
    const slot = similar ?? oldest;
    if (slot === undefined) throw new RangeError("No slot is free.");
    if (this.spec.prefixCache) this.exchange(slot, sequence, similar === undefined ? 0 : best);
    return slot;
  }

  /** Saves the idle slots' texts, and gives the chosen slot a better one where little of its own would be kept. */
  private exchange(slot: Slot, sequence: Sequence<Slot>, common: number): void {
    for (const idle of this.slots) {
      if (idle.sequence !== undefined || idle.saved || idle.text === undefined) continue;
      this.cache.save(idle.text);
      idle.saved = true;
    }
    if (common > 0 && common >= WORTH_KEEPING * (slot.text?.pages ?? 0)) return;
    slot.text = this.cache.take(sequence.key, this.pagesOf(sequence), slot.text) ?? slot.text;
  }

  private common(text: CachedText | undefined, sequence: Sequence<Slot>): number {
    if (text === undefined || !this.spec.prefixCache) return 0;
    return commonPages(text.key, sequence.key, 0, Math.min(text.pages, this.pagesOf(sequence)));
  }

  private pagesOf(sequence: Sequence<Slot>): number {
    return Math.floor(sequence.input / this.spec.blockSize);
  }
}
