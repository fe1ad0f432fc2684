import type { EngineCounters, EngineRequest, EngineSpec, Refusal } from "../types.ts";
import { NewTokenRatio } from "./new-token-ratio.ts";
import { type RadixLease, RadixMemory } from "./radix-memory.ts";
import { admitted, type Batch, knownCached, type Scheduler } from "./scheduler.ts";
import type { Sequence } from "./sequence.ts";
import { byLongestPrefix } from "./sglang-order.ts";

/** sglang's schedule_policy.py: what admission reserves of a very long cap (CLIP_MAX_NEW_TOKENS). */
const MOST_RESERVED = 4096;

/**
 * SGLang's scheduler (python/sglang/srt/managers: scheduler.py, schedule_policy.py, schedule_batch.py):
 *
 * - A step is a prefill or a decode. While a prompt can be admitted or is half computed, decodes stand still (unless `mixedChunk`).
 * - Admission reserves the prompt, the whole cap of the answer, and of running answers' caps the share that NewTokenRatio guesses. It stops at the first
 *   that does not fit and is not tried again before a sequence has left the batch.
 * - One prompt at a time is computed in chunks of the token budget.
 * - When a decode step lacks memory, the sequences with the fewest tokens so far (among equals the longest prompts) are retracted to the end of the queue.
 * - Prefixes are kept in a radix tree; a prompt is there as soon as it is computed, an answer when it ends.
 */
export class SglangScheduler implements Scheduler<RadixLease> {
  private readonly spec: EngineSpec;
  private readonly counters: EngineCounters;
  private readonly memory: RadixMemory;
  private readonly ratio: NewTokenRatio;
  private queue: Sequence<RadixLease>[] = [];
  private waitingTokens = 0;
  private decoding: Sequence<RadixLease>[] = [];
  /** Tokens of prompt a step: whole pages. */
  private readonly chunk: number;
  /** The prompt that is half computed. */
  private chunked: Sequence<RadixLease> | undefined;
  /** No admission before a sequence has left the batch. */
  private full = false;
  private departed = false;

  constructor(spec: EngineSpec, counters: EngineCounters) {
    this.spec = spec;
    this.counters = counters;
    this.memory = new RadixMemory(spec);
    this.chunk = Math.ceil(spec.tokenBudget / spec.blockSize) * spec.blockSize;
    this.ratio = new NewTokenRatio(spec.sglang?.conservativeness ?? 1);
  }

  get running(): number {
    return this.decoding.length + (this.chunked === undefined ? 0 : 1);
  }

  get waiting(): number {
    return this.queue.length;
  }

  get usedBlocks(): number {
    return this.memory.used;
  }

  get pendingPrefillTokens(): number {
    const { chunked } = this;
    return this.waitingTokens + (chunked === undefined ? 0 : chunked.target - chunked.computed);
  }

  peekPrefix(blockHashes: ArrayLike<number>): number {
    return this.memory.peek(blockHashes);
  }

  refusal(request: EngineRequest): Refusal | undefined {
    if (request.inputTokens >= this.spec.maxModelLen) return "prompt-too-long";
    return this.mostOutput(request) < 1 ? "never-fits" : undefined;
  }

  /** The whole of prompt and answer is held below memory less one page, so that admission of it alone succeeds. */
  mostOutput(request: EngineRequest): number {
    return this.mostTokens - request.inputTokens;
  }

  enqueue(sequence: Sequence<RadixLease>): void {
    if (this.running + this.queue.length === 0) this.ratio.idle();
    this.wait(sequence);
  }

  plan(batch: Batch<RadixLease>, at: number): void {
    this.prefill(batch, at);
    if (batch.sequences.length === 0) this.decode(batch);
    else if (this.mixes) this.join(batch);
    if (batch.sequences.length > 0 || this.queue.length === 0) return;
    // Nothing runs: whoever is first has the memory to itself.
    this.full = false;
    this.prefill(batch, at);
  }

  steadyFor(sequences: readonly Sequence<RadixLease>[]): number {
    const admits = this.queue.length > 0 && !this.full;
    if (admits || this.departed || this.chunked !== undefined || this.draftsAndOne > 1) return 0;
    if (sequences.length !== this.decoding.length) return 0;
    // A sequence needs at most one page for each page of tokens that it adds.
    return this.spec.blockSize * Math.floor(this.memory.available / sequences.length);
  }

  skipped(sequences: readonly Sequence<RadixLease>[], steps: number, ahead: number): void {
    for (const sequence of sequences) this.memory.grow(sequence, sequence.computed + ahead);
    for (let i = 0; i < steps; i++) this.ratio.decoded();
  }

  prefilled(sequence: Sequence<RadixLease>): void {
    this.memory.settle(sequence);
    if (!sequence.decoding) return;
    if (this.chunked === sequence) this.chunked = undefined;
    this.decoding.push(sequence);
  }

  leave(sequence: Sequence<RadixLease>, finished: boolean): void {
    if (sequence.state === "waiting") {
      this.queue.splice(this.queue.indexOf(sequence), 1);
      this.waitingTokens -= sequence.target;
      return;
    }
    this.memory.settle(sequence);
    this.memory.release(sequence);
    if (this.chunked === sequence) this.chunked = undefined;
    const index = this.decoding.indexOf(sequence);
    if (index >= 0) this.decoding.splice(index, 1);
    this.departed = true;
    if (finished) this.memory.leak(this.spec.leak);
  }

  private get mixes(): boolean {
    return this.spec.sglang?.mixedChunk === true;
  }

  private get draftsAndOne(): number {
    return 1 + (this.spec.speculation?.tokens ?? 0);
  }

  private get mostTokens(): number {
    const { maxModelLen, blocks, blockSize } = this.spec;
    return Math.min(maxModelLen, (blocks - 1) * blockSize - 1);
  }

  /** Tokens that a decode computes: its newest and its drafts, none of them beyond what a sequence may have. */
  private stride(sequence: Sequence<RadixLease>): number {
    return Math.min(this.draftsAndOne, this.mostTokens - sequence.computed);
  }

  private prefill(batch: Batch<RadixLease>, at: number): void {
    if (this.chunked === undefined && (this.full || this.queue.length === 0)) return;
    const places = this.spec.maxSeqs - this.decoding.length;
    if (places <= 0 && this.chunked === undefined) {
      this.full = true;
      return;
    }
    const joining = this.mixes ? this.decoding.length * this.draftsAndOne : 0;
    let budget = this.chunk - joining;
    let reserved = joining;
    for (const running of this.decoding) reserved += this.answerReserve(running) * this.ratio.current;

    const chunked = this.chunked;
    if (chunked !== undefined) {
      const m = Math.min(budget, chunked.target - chunked.computed);
      if (m <= 0 || !this.memory.grow(chunked, chunked.computed + m)) return;
      batch.add(chunked, m);
      budget -= m;
      if (chunked.computed + m === chunked.target) reserved += this.answerReserve(chunked);
    }
    this.order();
    this.admit(batch, at, places, budget, reserved);
  }

  private admit(batch: Batch<RadixLease>, at: number, places: number, budget: number, reserved: number): void {
    const { memory } = this;
    const { blockSize, prefixCache } = this.spec;
    let left = budget;
    let promised = reserved;
    let admissions = 0;
    for (const sequence of this.queue) {
      if (batch.sequences.length >= places) this.full = true;
      if (this.full || left <= 0) break;
      const place = memory.find(sequence);
      const found = place.to * blockSize;
      const cached = Math.max(found, knownCached(sequence, blockSize));
      const extend = sequence.target - cached;
      const room = (memory.available - memory.tree.idle(place)) * blockSize - promised;
      if (sequence.target - found + this.answerReserve(sequence) + blockSize > room) {
        this.full = true;
        break;
      }
      const whole = extend <= left;
      const m = whole ? extend : Math.floor(left / blockSize) * blockSize;
      if (m <= 0) break;
      memory.hold(sequence, place);
      admitted(this.counters, sequence, cached, at, prefixCache);
      this.memory.grow(sequence, cached + m);
      batch.add(sequence, m);
      admissions++;
      this.waitingTokens -= sequence.target;
      left -= m;
      promised += whole ? this.answerReserve(sequence) + blockSize : blockSize;
      if (!whole) {
        this.chunked = sequence;
        break;
      }
    }
    this.queue = admissions === 0 ? this.queue : this.queue.slice(admissions);
  }

  /** All running sequences take a step; the poorest are retracted until the rest finds memory. */
  private decode(batch: Batch<RadixLease>): void {
    if (this.departed || this.decoding.length === 0) this.full = false;
    this.departed = false;
    if (this.decoding.length === 0) return;
    if (this.fits(this.decoding)) this.ratio.decoded();
    else this.retract(batch);
    this.join(batch);
  }

  private join(batch: Batch<RadixLease>): void {
    for (const sequence of this.decoding) {
      const m = this.stride(sequence);
      if (this.memory.grow(sequence, sequence.computed + m)) batch.add(sequence, m);
    }
  }

  private fits(sequences: readonly Sequence<RadixLease>[]): boolean {
    let pages = 0;
    for (const sequence of sequences) pages += this.memory.missing(sequence, sequence.computed + this.stride(sequence));
    return pages <= this.memory.available;
  }

  private retract(batch: Batch<RadixLease>): void {
    const order = [...this.decoding].sort((a, b) => b.generated - a.generated || a.input - b.input);
    while (order.length > 1 && !this.fits(order)) {
      const poorest = order.pop();
      if (poorest === undefined) break;
      this.memory.release(poorest);
      poorest.preempt();
      this.wait(poorest);
      batch.preempted++;
    }
    const staying = new Set(order);
    this.decoding = this.decoding.filter((sequence) => staying.has(sequence));
    this.ratio.retracted(this.decoding);
    this.full = false;
  }

  private wait(sequence: Sequence<RadixLease>): void {
    this.queue.push(sequence);
    this.waitingTokens += sequence.target;
  }

  private answerReserve(sequence: Sequence<RadixLease>): number {
    const asked = sequence.request.maxTokens ?? sequence.output;
    const cap = Math.min(asked, this.mostOutput(sequence.request));
    return Math.min(Math.max(0, cap - sequence.generated), MOST_RESERVED);
  }

  private order(): void {
    if (this.spec.sglang?.schedule !== "lpm" || !this.spec.prefixCache) return;
    this.queue = byLongestPrefix(this.queue, this.memory.tree, this.spec.blockSize);
  }
}
