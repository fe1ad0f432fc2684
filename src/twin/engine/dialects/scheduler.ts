import type { EngineCounters, EngineRequest, Refusal } from "../types.ts";
import type { Sequence } from "./sequence.ts";

/** What one step will compute. Kept between steps, so that planning allocates nothing. */
export class Batch<Place> {
  readonly sequences: Sequence<Place>[] = [];
  preempted = 0;

  clear(): void {
    this.sequences.length = 0;
    this.preempted = 0;
  }

  add(sequence: Sequence<Place>, tokens: number): void {
    sequence.scheduled = tokens;
    this.sequences.push(sequence);
  }
}

/**
 * Who runs in the next step and where memory is: all that sets one dialect apart from another. The stepped engine around it keeps the clock, the gaps
 * and the listeners.
 */
export interface Scheduler<Place> {
  refusal(request: EngineRequest): Refusal | undefined;
  /** Most tokens that this request's answer can have. */
  mostOutput(request: EngineRequest): number;
  enqueue(sequence: Sequence<Place>): void;
  /** Fills the batch. */
  plan(batch: Batch<Place>, at: number): void;
  /** A prompt has been computed up to `sequence.computed`; where that is all of it, it decodes from now on. */
  prefilled(sequence: Sequence<Place>): void;
  /** It has all its tokens, or was cancelled (waiting or running): its memory is free. */
  leave(sequence: Sequence<Place>, finished: boolean): void;
  /** For how many steps `plan` would again give just these sequences a token each, while nothing comes or leaves; 0 where it cannot say. */
  steadyFor(sequences: readonly Sequence<Place>[]): number;
  /** So many steps of these sequences began without `plan`; `ahead` of them is under way (0 or 1), the others are computed. */
  skipped(sequences: readonly Sequence<Place>[], steps: number, ahead: number): void;
  readonly running: number;
  readonly waiting: number;
  readonly usedBlocks: number;
  readonly pendingPrefillTokens: number;
  peekPrefix(blockHashes: ArrayLike<number>): number;
}

/** Notes a first or repeated admission at `computed` cached tokens in the counters; the prefix cache is asked once an admission. */
export function admitted<Place>(
  counters: EngineCounters,
  sequence: Sequence<Place>,
  computed: number,
  at: number,
  asked: boolean,
): void {
  if (asked && sequence.preemptions === 0) {
    counters.prefixQueries += sequence.target;
    counters.prefixHits += computed;
  }
  counters.promptTokensCached += sequence.admit(at, computed);
}

/** Tokens that count as cached at a first admission whatever the lookup finds: full blocks, and never the last token. */
export function knownCached<Place>({ request, preemptions, target }: Sequence<Place>, blockSize: number): number {
  if (request.knownCached === undefined || preemptions > 0) return 0;
  return Math.floor(Math.min(request.knownCached, target - 1) / blockSize) * blockSize;
}
