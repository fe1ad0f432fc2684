import { LONG_GAP_MS } from "../served-sequence.ts";
import { stepMs } from "../step-time.ts";
import type { EngineGapSink, StepCosts } from "../types.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Sequence } from "./sequence.ts";

/** Shorter runs are not worth their start. */
const LEAST_STEPS = 2;

/**
 * A run of steps in which the same sequences decode and nobody looks at them one by one: each step costs a few sums, and the sequences are brought up to
 * date when the run is interrupted or looked into. Durations, gaps and draws are those of the steps one by one.
 */
export class DecodeRun<Place> {
  private readonly scheduler: Scheduler<Place>;
  private readonly costs: StepCosts;
  private readonly gaps: EngineGapSink | undefined;
  private readonly cells = new Map<number, number>();
  private sequences: readonly Sequence<Place>[] = [];
  private left = 0;
  private context = 0;
  private lastEnd = 0;
  /** Since the sequences and the scheduler were last brought up to date. */
  private begun = 0;
  private ended = 0;
  private longest = 0;
  private longs = 0;
  private isUnderWay = false;

  constructor(scheduler: Scheduler<Place>, costs: StepCosts, gaps: EngineGapSink | undefined) {
    this.scheduler = scheduler;
    this.costs = costs;
    this.gaps = gaps;
  }

  get size(): number {
    return this.sequences.length;
  }

  /** Starts after a step in which each of just these sequences got a token; not where the next steps need to be planned. */
  start(sequences: readonly Sequence<Place>[]): void {
    let steps = this.scheduler.steadyFor(sequences);
    let context = 0;
    for (const sequence of sequences) {
      steps = Math.min(steps, sequence.output - sequence.generated - 1);
      context += sequence.computed;
      if (sequence.request.listener.tokens !== undefined || steps < LEAST_STEPS) return;
    }
    this.cells.clear();
    for (const { request } of sequences) this.cells.set(request.cell, (this.cells.get(request.cell) ?? 0) + 1);
    this.sequences = sequences;
    this.left = steps;
    this.context = context;
    this.lastEnd = sequences[0]?.lastTokenAt ?? Number.NaN;
  }

  /** Nominal duration of the next step; undefined where the run is over. */
  begin(): number | undefined {
    if (this.left === 0) {
      this.stop();
      return undefined;
    }
    const { size, context } = this;
    this.left--;
    this.begun++;
    this.context += size;
    this.isUnderWay = true;
    return stepMs(this.costs, size, size, size, context, 0, 0);
  }

  end(at: number): void {
    const gap = at - this.lastEnd;
    this.isUnderWay = false;
    this.ended++;
    this.lastEnd = at;
    if (gap > this.longest) this.longest = gap;
    if (gap >= LONG_GAP_MS) this.longs++;
    if (this.gaps === undefined) return;
    for (const [cell, count] of this.cells) this.gaps.gaps(cell, gap, count, at);
  }

  /** Brings sequences and memory up to date; the run goes on. */
  flush(): void {
    if (this.begun + this.ended === 0) return;
    const { sequences, ended, lastEnd, longest, longs } = this;
    if (ended > 0) for (const sequence of sequences) sequence.pass(ended, lastEnd, longest, longs);
    this.scheduler.skipped(sequences, this.begun, this.isUnderWay ? 1 : 0);
    this.begun = 0;
    this.ended = 0;
    this.longest = 0;
    this.longs = 0;
  }

  /** Ends the run; a step under way ends as a planned one. */
  stop(): void {
    this.flush();
    this.sequences = [];
    this.left = 0;
    this.isUnderWay = false;
  }
}
