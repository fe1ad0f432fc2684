import type { AnswerProgress, EngineGapSink } from "../types.ts";
import type { BlockPool } from "./block-pool.ts";
import { FinishHeap } from "./finish-heap.ts";
import { LONG_GAP_MS, type Sequence } from "./sequence.ts";
import { StepPeaks } from "./step-peaks.ts";

/**
 * The steady decodes: running sequences that gain exactly one token each step, so that nothing of theirs is written down step by step. After `done`
 * steps one has computed `base + done` tokens; which step needs a new block for it, and which one ends it, is known when it joins. A step therefore
 * costs what changes in it: blocks due and answers that end, not the size of the batch.
 */
export class Steady {
  size = 0;
  /** Steps that ended since the engine began, and steps whose blocks are allocated: the same, or one more while a step is under way. */
  done = 0;
  begun = 0;
  readonly ending = new FinishHeap();
  /** Members with an `answerBlockHash`, which put blocks into the prefix cache as they go. */
  sharing = 0;

  private readonly pool: BlockPool;
  private readonly sink: EngineGapSink | undefined;
  private readonly peaks: StepPeaks;
  private sumBase = 0;
  /** Steps so far that took a second or longer. */
  private longSteps = 0;
  /** By `done` modulo the block size: how many need a block in the step that begins then, and who, where blocks have names. */
  private readonly counts: Int32Array;
  private readonly buckets: Sequence[][];
  /** Members by cell of the gap sink, and the cells that have any. */
  private readonly cellSizes: number[] = [];
  private readonly cells: number[] = [];

  constructor(pool: BlockPool, maxModelLen: number, sink: EngineGapSink | undefined) {
    this.pool = pool;
    this.sink = sink;
    this.peaks = new StepPeaks(maxModelLen);
    this.counts = new Int32Array(pool.blockSize);
    this.buckets = Array.from({ length: pool.blockSize }, () => []);
  }

  /** Sum of the members' contexts in the next step. */
  get context(): number {
    return this.sumBase + this.size * this.done;
  }

  /** Blocks that the next step needs. */
  get due(): number {
    return this.counts[this.done % this.counts.length] ?? 0;
  }

  /** Between steps; `computed` and `generated` of the sequence hold. */
  join(s: Sequence): void {
    const size = this.counts.length;
    s.steady = true;
    s.base = s.computed - this.done;
    s.finishAt = this.done + s.output - s.generated;
    s.joinedAt = this.done;
    s.longAtJoin = this.longSteps;
    s.phase = (size - (s.base % size)) % size;
    this.size++;
    this.sumBase += s.base;
    this.counts[s.phase] = (this.counts[s.phase] ?? 0) + 1;
    if (this.pool.named) this.list(s);
    this.ending.push(s);
    this.countCell(s.request.cell, 1);
  }

  /** Notes who needs a block when: a member's, where blocks have names. */
  list(s: Sequence): void {
    const bucket = this.buckets[s.phase];
    s.bucketIndex = bucket?.length ?? 0;
    bucket?.push(s);
    if (s.request.answerBlockHash !== undefined) this.sharing++;
  }

  /** Writes down what was implied. `reach`: steps that the sequence has slots for, `done` or `done + 1`. */
  leave(s: Sequence, reach: number): void {
    s.steady = false;
    s.computed = s.base + this.done;
    s.generated = s.computed + 1 - s.input;
    s.highWater = Math.max(s.highWater, s.computed);
    s.longestGap = Math.max(s.longestGap, this.peaks.after(s.joinedAt));
    s.longGaps += this.longSteps - s.longAtJoin;
    this.size--;
    this.sumBase -= s.base;
    this.counts[s.phase] = (this.counts[s.phase] ?? 0) - 1;
    if (this.pool.named) {
      const bucket = this.buckets[s.phase] ?? [];
      const last = bucket.pop();
      if (last !== undefined && last !== s) {
        bucket[s.bucketIndex] = last;
        last.bucketIndex = s.bucketIndex;
      }
      if (s.request.answerBlockHash !== undefined) this.sharing--;
    } else s.held = this.pool.blocksOf(s.base + reach);
    s.registered = Math.max(s.registered, Math.floor((s.base + reach) / this.pool.blockSize));
    this.ending.remove(s);
    this.countCell(s.request.cell, -1);
    if (this.size === 0) this.peaks.clear();
  }

  /** Blocks that `steps` steps from the one numbered `from` on need. */
  needs(from: number, steps: number): number {
    const { counts } = this;
    const size = counts.length;
    let need = Math.floor(steps / size) * this.size;
    for (let i = steps - (steps % size); i < steps; i++) need += counts[(from + i) % size] ?? 0;
    return need;
  }

  /** Gives every member its slots for `steps` further steps; the blocks must be there. */
  allocate(steps: number): void {
    if (this.pool.named) for (let i = 0; i < steps; i++) this.allocateNamed(this.begun + i);
    else this.pool.free -= this.needs(this.begun, steps);
    this.begun += steps;
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
      tokens: s.base + this.done + 1 - s.input,
      lastTokenAt,
      longestGap: Math.max(s.longestGap, this.peaks.after(s.joinedAt)),
      longGaps: s.longGaps + this.longSteps - s.longAtJoin,
    };
  }

  /** Every gap is told, one by one. */
  get heard(): boolean {
    return this.sink !== undefined;
  }

  private allocateNamed(step: number): void {
    const { pool, counts, buckets } = this;
    const size = counts.length;
    const due = buckets[step % size];
    if (due !== undefined && due.length > 0) {
      pool.free -= due.length;
      for (const s of due) {
        s.table[s.held] = pool.take();
        s.held++;
      }
    }
    if (this.sharing === 0) return;
    // Whoever needs a block in the next step fills one in this.
    for (const s of buckets[(step + 1) % size] ?? [])
      if (s.request.answerBlockHash !== undefined) pool.register(s, (s.base + step + 1) / size);
  }

  private countCell(cell: number, by: number): void {
    if (this.sink === undefined) return;
    const size = (this.cellSizes[cell] ?? 0) + by;
    this.cellSizes[cell] = size;
    if (by > 0 && size === 1) this.cells.push(cell);
    else if (size === 0) this.cells.splice(this.cells.indexOf(cell), 1);
  }
}
