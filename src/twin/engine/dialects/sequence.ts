import { LONG_GAP_MS, type ServedSequence } from "../served-sequence.ts";
import type { EngineRequest } from "../types.ts";
import { PageKey } from "./page-key.ts";

/** One request inside a stepped engine. `Place` is the scheduler's note of where its memory lies. */
export class Sequence<Place> implements ServedSequence {
  readonly request: EngineRequest;
  readonly serial: number;
  readonly key: PageKey;
  readonly arrivedAt: number;
  readonly input: number;
  /** Tokens that its answer will have. */
  readonly output: number;
  readonly capped: boolean;
  place: Place | undefined;
  state: "waiting" | "running" | "done" = "waiting";
  /** Its prompt is computed; one token a step, or one and accepted drafts, from now on. */
  decoding = false;
  /** Tokens of prompt and answer in the KV cache. */
  computed = 0;
  generated = 0;
  /** Tokens that it was given in the step under way, and that leave at its end. */
  scheduled = 0;
  leaves = 0;
  preemptions = 0;
  /** Most tokens that were ever computed or found: below it, computing is recomputing. */
  highWater = 0;
  cached = -1;
  recomputed = 0;
  lastTokenAt = Number.NaN;

  firstScheduledAt = Number.NaN;
  lastScheduledAt = Number.NaN;
  firstTokenAt = Number.NaN;
  longestGap = 0;
  longGaps = 0;

  constructor(request: EngineRequest, serial: number, arrivedAt: number, mostOutput: number, pageSize: number) {
    this.request = request;
    this.serial = serial;
    this.key = new PageKey(request, serial, pageSize);
    this.arrivedAt = arrivedAt;
    this.input = request.inputTokens;
    this.output = Math.min(request.outputTokens, mostOutput);
    this.capped = request.outputTokens > mostOutput;
  }

  /** Tokens to reach before it can decode: the prompt, and after a preemption the answer so far. */
  get target(): number {
    return this.input + this.generated;
  }

  /** Starts computing at `computed` tokens that a cache held; returns how many of them are the prompt's, found for the first time. */
  admit(at: number, computed: number): number {
    this.state = "running";
    this.computed = computed;
    this.lastScheduledAt = at;
    if (this.cached >= 0) return 0;
    this.cached = computed;
    this.highWater = computed;
    this.firstScheduledAt = at;
    return computed;
  }

  /** Loses its memory and waits again. */
  preempt(): void {
    this.state = "waiting";
    this.decoding = false;
    this.computed = 0;
    this.preemptions++;
  }

  /** Notes `count` tokens that leave at `at`; returns the gap before them, or -1 where they are the first. */
  emit(count: number, at: number): number {
    const isFirst = this.generated === 0;
    const gap = at - this.lastTokenAt;
    this.generated += count;
    this.leaves = count;
    this.lastTokenAt = at;
    if (isFirst) {
      this.firstTokenAt = at;
      return -1;
    }
    if (gap > this.longestGap) this.longestGap = gap;
    if (gap >= LONG_GAP_MS) this.longGaps++;
    return gap;
  }

  /** Passes `steps` steps of a token each, the last at `at`; `longest` and `longs` of their gaps. */
  pass(steps: number, at: number, longest: number, longs: number): void {
    this.generated += steps;
    this.computed += steps;
    this.highWater = Math.max(this.highWater, this.computed);
    this.lastTokenAt = at;
    this.longestGap = Math.max(this.longestGap, longest);
    this.longGaps += longs;
  }
}
