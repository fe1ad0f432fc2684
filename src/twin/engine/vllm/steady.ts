import type { BlockPool } from "./block-pool.ts";
import { FinishHeap } from "./finish-heap.ts";
import type { Sequence } from "./sequence.ts";

/**
 * The steady decodes: running sequences that gain exactly one token each step, so that nothing of theirs is written down step by step. After `reached`
 * steps one has computed `base + reached` tokens; which step needs a new block for it, and which one ends it, is known when it joins. A step therefore
 * costs what changes in it: blocks due and answers that end, not the size of the batch.
 */
export class Steady {
  size = 0;
  /**
   * Steps that the scheduler looks back on, and steps whose blocks are allocated: the same, or one more while a planned step has not ended (or, under
   * asynchronous scheduling, not begun).
   */
  reached = 0;
  begun = 0;
  readonly ending = new FinishHeap();
  /** Members with an `answerBlockHash`, which put blocks into the prefix cache as they go. */
  sharing = 0;

  private readonly pool: BlockPool;
  /** Tokens of each member that are not known yet when its next one is planned, and whose block cannot be cached therefore. */
  private readonly unknown: 0 | 1;
  private sumBase = 0;
  /** By `reached` modulo the block size: how many need a block in the step that begins then, and who, where blocks have names. */
  private readonly counts: Int32Array;
  private readonly buckets: Sequence[][];

  constructor(pool: BlockPool, unknown: 0 | 1) {
    this.pool = pool;
    this.unknown = unknown;
    this.counts = new Int32Array(pool.blockSize);
    this.buckets = Array.from({ length: pool.blockSize }, () => []);
  }

  /** Sum of the members' contexts in the next step. */
  get context(): number {
    return this.sumBase + this.size * this.reached;
  }

  /** Blocks that the next step needs. */
  get due(): number {
    return this.counts[this.reached % this.counts.length] ?? 0;
  }

  /** Between steps; `computed` and `promised` of the sequence hold. */
  join(s: Sequence): void {
    const size = this.counts.length;
    s.steady = true;
    s.base = s.computed - this.reached;
    s.finishAt = this.reached + s.output - s.promised;
    s.phase = (size - (s.base % size)) % size;
    this.size++;
    this.sumBase += s.base;
    this.counts[s.phase] = (this.counts[s.phase] ?? 0) + 1;
    if (this.pool.named) this.list(s);
    this.ending.push(s);
  }

  /** Notes who needs a block when: a member's, where blocks have names. */
  list(s: Sequence): void {
    const bucket = this.buckets[s.phase];
    s.bucketIndex = bucket?.length ?? 0;
    bucket?.push(s);
    if (s.request.answerBlockHash !== undefined) this.sharing++;
  }

  /** Writes down what was implied. `reach`: steps that the sequence has slots for, `reached` or one more. */
  leave(s: Sequence, reach: number): void {
    s.steady = false;
    s.computed = s.base + this.reached;
    s.promised = s.computed + 1 - s.input;
    s.highWater = Math.max(s.highWater, s.computed);
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
    s.registered = Math.max(s.registered, this.fullAfter(s, reach));
    this.ending.remove(s);
  }

  /** Blocks of a member that may be cached once it has slots for `reach` steps. */
  fullAfter(s: Sequence, reach: number): number {
    return Math.floor((s.base + reach - this.unknown) / this.pool.blockSize);
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
    const filled = step + 1 - this.unknown;
    for (const s of buckets[filled % size] ?? [])
      if (s.request.answerBlockHash !== undefined) pool.register(s, (s.base + filled) / size);
  }
}
