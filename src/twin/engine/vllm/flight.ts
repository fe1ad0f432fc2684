import type { Random } from "../../../base/index.ts";
import type { EngineCounters, EngineGapSink, EngineSpec } from "../types.ts";
import type { BlockPool } from "./block-pool.ts";
import type { Scheduler } from "./scheduler.ts";
import { DONE, empty, insertByRank, RUNNING, type Sequence, WAITING } from "./sequence.ts";
import type { Steady } from "./steady.ts";
import type { Stream } from "./stream.ts";

/**
 * What a step changes in its sequences, beside what the steady ones gain: foreseen for the scheduler (when it ends, or under asynchronous scheduling when
 * it begins, before the next plan), and emitted when it ends.
 */
export class Flight {
  private readonly scheduler: Scheduler;
  private readonly steady: Steady;
  private readonly stream: Stream;
  private readonly pool: BlockPool;
  private readonly counters: EngineCounters;
  private readonly draws: Random;
  private readonly sink: EngineGapSink | undefined;
  private readonly isAsync: boolean;
  private readonly acceptance: number;
  private readonly leak: number;
  /** Sequences that yield tokens one by one, those steady ones that it ends, and under asynchronous scheduling the prompts that it computes. */
  private readonly yielding: Sequence[] = [];
  private readonly finishing: Sequence[] = [];
  private readonly computing: Sequence[] = [];
  private readonly told: Sequence[] = [];

  constructor(
    spec: EngineSpec,
    isAsync: boolean,
    scheduler: Scheduler,
    steady: Steady,
    stream: Stream,
    pool: BlockPool,
    counters: EngineCounters,
    draws: Random,
    sink: EngineGapSink | undefined,
  ) {
    this.scheduler = scheduler;
    this.steady = steady;
    this.stream = stream;
    this.pool = pool;
    this.counters = counters;
    this.draws = draws;
    this.sink = sink;
    this.isAsync = isAsync;
    this.acceptance = spec.speculation?.acceptance ?? 0;
    this.leak = spec.leak;
  }

  /** Prompt tokens that are being computed and that the scheduler looks back on already. */
  get prefillTokens(): number {
    let tokens = 0;
    for (const s of this.computing) if (s.state === RUNNING) tokens += s.prefills;
    return tokens;
  }

  /** Beside the streams nothing leaves, and there is nothing to write down. */
  get yieldsNothing(): boolean {
    if (this.yielding.length + this.finishing.length > 0) return false;
    return !this.isAsync || (this.computing.length === 0 && this.scheduler.dropped.length === 0);
  }

  /** Moves the planned sequences to where they stand when the step has ended. */
  foresee(): void {
    const { scheduler, steady, yielding, finishing, computing } = this;
    empty(yielding);
    empty(finishing);
    for (const s of scheduler.plan) {
      if (s.state !== RUNNING) continue;
      const { target } = s;
      s.computed += s.given;
      if (this.isAsync && !s.decoding) {
        s.prefills = s.given;
        computing.push(s);
      }
      if (s.computed < target) continue;
      s.yields = 1 + s.computed - target;
      s.promised += s.yields;
      s.decoding = true;
      yielding.push(s);
      s.ending = s.generated + 1 >= s.output;
      if (s.watched && !s.ending) continue;
      scheduler.unlist(s);
      if (!s.ending) steady.join(s);
    }
    for (let s = steady.ending.top; s !== undefined && s.finishAt === steady.reached; s = steady.ending.top) {
      steady.leave(s, steady.reached);
      s.ending = true;
      finishing.push(s);
    }
  }

  /** It ended at `now`: what it yields one by one leaves. Returns whom there is something to tell; the list is used again. */
  emit(now: number): readonly Sequence[] {
    const { stream, told } = this;
    empty(told);
    empty(this.computing);
    for (const s of this.yielding) if (s.state !== DONE) this.judge(s, now);
    for (const s of this.finishing) {
      if (s.state === DONE) continue;
      stream.leave(s, now);
      s.leaves = 1;
      insertByRank(told, s);
    }
    if (this.isAsync) {
      for (const s of this.scheduler.dropped) if (s.streaming) stream.leave(s, now);
      // Their tokens are known only now, and so is what fills their blocks; of steady ones the next plan says it.
      for (const s of told) this.cache(s);
      for (const s of this.scheduler.dropped) this.cache(s);
    }
    for (const s of told) if (s.generated === s.output) this.retire(s);
    return told;
  }

  /** Of the tokens that a sequence was promised some are accepted, and leave. */
  private judge(s: Sequence, now: number): void {
    const { acceptance } = this;
    let accepted = 0;
    while (accepted < s.yields - 1 && this.draws.next() < acceptance) accepted++;
    s.leaves = Math.min(1 + accepted, s.output - s.generated);
    const isFirst = s.generated === 0;
    s.generated += s.leaves;
    s.highWater = Math.max(s.highWater, s.input + s.generated - 1);
    const excess = s.yields - s.leaves;
    if (excess > 0 && s.generated < s.output) {
      s.promised -= excess;
      if (s.state === WAITING) this.scheduler.queue.withdraw(excess);
      else s.computed -= excess;
    }
    this.counters.generatedTokens += s.leaves;
    if (isFirst) s.firstTokenAt = now;
    else {
      const gap = now - s.lastTokenAt;
      s.noteGap(gap);
      this.sink?.gaps(s.request.cell, gap, 1, now);
    }
    s.lastTokenAt = now;
    this.told.push(s);
    if (s.steady) this.stream.join(s);
  }

  private cache(s: Sequence): void {
    const { pool } = this;
    if (pool.caches && s.state === RUNNING && !s.steady)
      pool.register(s, Math.floor((s.input + s.generated - 1) / pool.blockSize));
  }

  private retire(s: Sequence): void {
    const { scheduler } = this;
    // The plan of the next step may have preempted it.
    if (s.state === WAITING) scheduler.queue.remove(s);
    else {
      scheduler.unlist(s);
      scheduler.running.remove(s);
    }
    s.state = DONE;
    this.pool.release(s, this.leak);
  }
}
