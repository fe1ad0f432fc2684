import { LONG_GAP_MS } from "../served-sequence.ts";
import type { AnswerProgress, EngineGapSink } from "../types.ts";
import type { Sequence } from "./sequence.ts";
import { StepPeaks } from "./step-peaks.ts";

/**
 * What leaves the engine by itself: sequences that emit exactly one token with each step that ends, so that neither tokens nor gaps are written down one
 * by one. Its members are the steady decodes (Steady), as clients see them: under asynchronous scheduling one joins and leaves that set a step before it
 * joins and leaves this one.
 */
export class Stream {
  size = 0;
  /** Steps that ended since the engine began. */
  done = 0;

  private readonly sink: EngineGapSink | undefined;
  private readonly peaks: StepPeaks;
  /** Steps so far that took a second or longer. */
  private longSteps = 0;
  /** Members by cell of the gap sink, and the cells that have any. */
  private readonly cellSizes: number[] = [];
  private readonly cells: number[] = [];

  constructor(maxModelLen: number, sink: EngineGapSink | undefined) {
    this.sink = sink;
    this.peaks = new StepPeaks(maxModelLen);
  }

  /** Between steps; its `base` holds. */
  join(s: Sequence): void {
    s.streaming = true;
    s.joinedAt = this.done;
    s.longAtJoin = this.longSteps;
    this.size++;
    this.countCell(s.request.cell, 1);
  }

  /** Between steps, its last token having left at `lastTokenAt`. Writes down what was implied. */
  leave(s: Sequence, lastTokenAt: number): void {
    s.streaming = false;
    s.generated = this.tokensOf(s);
    s.lastTokenAt = lastTokenAt;
    s.longestGap = Math.max(s.longestGap, this.peaks.after(s.joinedAt));
    s.longGaps += this.longSteps - s.longAtJoin;
    this.size--;
    this.countCell(s.request.cell, -1);
    if (this.size === 0) this.peaks.clear();
  }

  /** A step of `ms` ended at `at`: every member emitted one token. */
  tick(ms: number, at: number): void {
    this.done++;
    if (this.size === 0) return;
    this.peaks.push(this.done, ms);
    if (ms >= LONG_GAP_MS) this.longSteps++;
    if (this.sink === undefined) return;
    for (const cell of this.cells) this.sink.gaps(cell, ms, this.cellSizes[cell] ?? 0, at);
  }

  /** Many steps ended that nobody listened to, none of them longer than `longest`, which the last one took. */
  tickMany(steps: number, longest: number, long: number): void {
    this.done += steps;
    this.peaks.push(this.done, longest);
    this.longSteps += long;
  }

  /** What a member's answer has come to, its last token having left at `lastTokenAt`. */
  progressOf(s: Sequence, lastTokenAt: number): AnswerProgress {
    return {
      tokens: this.tokensOf(s),
      lastTokenAt,
      longestGap: Math.max(s.longestGap, this.peaks.after(s.joinedAt)),
      longGaps: s.longGaps + this.longSteps - s.longAtJoin,
    };
  }

  /** Every gap is told, one by one. */
  get heard(): boolean {
    return this.sink !== undefined;
  }

  private tokensOf(s: Sequence): number {
    return s.base + this.done + 1 - s.input;
  }

  private countCell(cell: number, by: number): void {
    if (this.sink === undefined) return;
    const size = (this.cellSizes[cell] ?? 0) + by;
    this.cellSizes[cell] = size;
    if (by > 0 && size === 1) this.cells.push(cell);
    else if (size === 0) this.cells.splice(this.cells.indexOf(cell), 1);
  }
}
