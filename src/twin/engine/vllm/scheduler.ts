import type { EngineCounters, EngineSpec } from "../types.ts";
import type { BlockPool } from "./block-pool.ts";
import { empty, insertByRank, RUNNING, type Sequence, WAITING } from "./sequence.ts";
import { SequenceList } from "./sequence-list.ts";
import type { Steady } from "./steady.ts";
import { WaitingQueue } from "./waiting-queue.ts";

/**
 * What goes into a step, as vLLM V1 decides it: running requests in the order of their admission, then waiting ones. Steady decodes are scheduled as
 * one; the exact walk over all running requests is taken only where their order decides something: tokens or blocks are short.
 */
export class Scheduler {
  readonly running = new SequenceList();
  readonly queue: WaitingQueue;
  /** Running sequences that are not steady, by rank: prefills, watched ones, and decodes that a step had no tokens for. */
  readonly pending: Sequence[] = [];

  /** Of `pending`, those in the step that was scheduled last, by rank. */
  readonly plan: Sequence[] = [];
  /** Steady decodes that the last pass preempted or had no tokens for. */
  readonly dropped: Sequence[] = [];
  /** Requests that the last pass preempted, and tokens that it looked up in the prefix cache for the waiting one that it could not place. */
  preempted = 0;
  blockedQuery = 0;

  private readonly spec: EngineSpec;
  private readonly pool: BlockPool;
  private readonly steady: Steady;
  private readonly counters: EngineCounters;
  /** Slots that no sequence needs more than. */
  private readonly mostTokens: number;
  private readonly drafts: number;
  private readonly found: number[] = [];
  private ranks = 0;
  private pass = 0;

  constructor(spec: EngineSpec, mostTokens: number, pool: BlockPool, steady: Steady, counters: EngineCounters) {
    this.spec = spec;
    this.mostTokens = mostTokens;
    this.pool = pool;
    this.steady = steady;
    this.counters = counters;
    this.queue = new WaitingQueue(spec.policy);
    this.drafts = spec.speculation?.tokens ?? 0;
  }

  /** One pass at time `now`; `plan` and the steady decodes are in the step. */
  schedule(now: number): void {
    const { steady } = this;
    empty(this.plan);
    empty(this.dropped);
    this.preempted = 0;
    this.blockedQuery = 0;
    this.pass++;
    let budget = this.pending.length === 0 ? this.steadyAlone() : this.withoutContention();
    if (budget < 0) budget = this.walk();
    if (this.preempted === 0 && this.queue.size > 0) this.admit(budget, now);
    if (steady.begun === steady.reached) steady.begun++;
  }

  /** From now on somebody may look for a block again. `walking`: in the midst of a walk, whose members have had their slots one by one. */
  nameBlocks(walking: boolean): void {
    const { pool, steady } = this;
    if (!pool.caches || pool.named) return;
    pool.beginNames();
    for (let s = this.running.head; s !== undefined; s = s.next) {
      const isWalked = walking && s.pass === this.pass;
      if (s.steady && !isWalked) s.held = pool.blocksOf(s.base + (walking ? steady.reached : steady.begun));
      pool.name(s);
      if (s.steady) steady.list(s);
    }
  }

  /** Takes a running sequence out of the batch, wherever it stands. */
  withdraw(s: Sequence, reach: number): void {
    if (s.steady) this.steady.leave(s, reach);
    else this.unlist(s);
    this.running.remove(s);
  }

  /** It is no longer pending. */
  unlist(s: Sequence): void {
    const place = this.pending.indexOf(s);
    if (place >= 0) this.pending.splice(place, 1);
  }

  /** Left of the token budget after the steady decodes; below 0: something is short. */
  private steadyAlone(): number {
    const { steady } = this;
    if (steady.size > this.spec.tokenBudget || steady.due > this.pool.free) return SHORT;
    steady.allocate(1);
    return this.spec.tokenBudget - steady.size;
  }

  /** The same with pending sequences, where each gets what it would get in a walk. */
  private withoutContention(): number {
    const { steady, pool, plan } = this;
    let budget = this.spec.tokenBudget - steady.size;
    let need = steady.due;
    let short = budget <= 0;
    for (const s of this.pending) {
      const wanted = this.wanted(s);
      s.given = Math.min(wanted, budget);
      short ||= s.given < wanted;
      budget -= s.given;
      if (s.given > 0) need += Math.max(0, pool.blocksOf(this.slots(s)) - s.held);
    }
    if (need > pool.free || (short && !this.isPendingLast())) return SHORT;
    if (steady.size > 0) steady.allocate(1);
    for (const s of this.pending) if (s.given > 0) this.give(s);
    if (plan.length === 0 && steady.size === 0) return SHORT;
    return budget;
  }

  /** Where all pending ones were admitted after all steady ones, these come first however short the budget is. */
  private isPendingLast(): boolean {
    if (this.steady.size > this.spec.tokenBudget) return false;
    let s = this.running.tail;
    for (let left = this.pending.length; left > 0; ) {
      if (s === undefined || s.steady) return false;
      if (!s.ending) left--;
      s = s.previous;
    }
    return true;
  }

  /** vLLM's loop over the running, to the letter. */
  private walk(): number {
    const { steady, pool } = this;
    let budget = this.spec.tokenBudget;
    let cursor = this.running.head;
    walk: while (cursor !== undefined && budget > 0) {
      const s = cursor;
      if (!s.steady && (s.ending || this.wanted(s) === 0)) {
        cursor = s.next;
        continue;
      }
      s.given = s.steady ? 1 : Math.min(this.wanted(s), budget);
      const blocks = s.steady ? pool.blocksOf(s.base + steady.reached + 1) : pool.blocksOf(this.slots(s));
      if (s.steady && !pool.named) s.held = pool.blocksOf(s.base + steady.reached);
      while (blocks - s.held > pool.free) {
        const victim = this.victim();
        if (victim.pass === this.pass) {
          budget += victim.given;
          const place = this.plan.indexOf(victim);
          if (place >= 0) this.plan.splice(place, 1);
        }
        this.preempt(victim);
        if (victim === s) break walk;
      }
      if (s.steady) {
        s.pass = this.pass;
        pool.extend(s, blocks);
        if (pool.caches) pool.register(s, steady.fullAfter(s, steady.reached + 1));
      } else this.give(s);
      budget -= s.given;
      cursor = s.next;
    }
    // Decodes that got no token fall out of step.
    for (let s = this.running.head; s !== undefined; s = s.next) if (s.steady && s.pass !== this.pass) this.fallOut(s);
    return budget;
  }

  /** Requests are admitted in order, and the first that cannot be placed ends it, though a later one might fit. */
  private admit(budgetLeft: number, now: number): void {
    const { pool, queue, running, spec, counters, found } = this;
    let budget = budgetLeft;
    while (budget > 0 && running.size < spec.maxSeqs) {
      const s = queue.head;
      if (s === undefined) return;
      const target = s.target;
      const most = Math.floor((target - 1) / pool.blockSize);
      const hits = pool.named ? pool.lookup(s, most, found) : 0;
      const hitTokens = Math.max(hits, this.knownBlocks(s, most)) * pool.blockSize;
      // vLLM counts the lookups of preempted requests apart, and counts those of others at every try.
      if (pool.caches && s.preemptions === 0) {
        counters.prefixQueries += target;
        counters.prefixHits += hitTokens;
      }
      const given = Math.min(this.capped(target - hitTokens), budget);
      const whole = spec.admitWholePrompt === false ? hitTokens + given : target;
      const fresh = pool.blocksOf(whole) - hits;
      // Cached blocks that nobody holds are free ones too: holding them takes from the same pool.
      if (fresh > pool.free || fresh + pool.idle(found, hits) > pool.free) {
        if (pool.caches && s.preemptions === 0) this.blockedQuery = target;
        return;
      }
      queue.remove(s);
      s.state = RUNNING;
      s.rank = this.ranks++;
      running.append(s);
      this.pending.push(s);
      if (hits > 0) pool.adopt(s, found, hits);
      s.computed = hitTokens;
      s.lastScheduledAt = now;
      if (s.cached < 0) {
        s.cached = hitTokens;
        s.firstScheduledAt = now;
      }
      // After a preemption others may have cached more of the prompt than this request ever computed.
      counters.promptTokensCached += Math.max(0, Math.min(hitTokens, s.input) - s.highWater);
      s.highWater = Math.max(s.highWater, hitTokens);
      s.given = given;
      // No slots for drafts yet: vLLM reserves those from the second step on.
      pool.extend(s, pool.blocksOf(s.computed + given));
      this.enter(s);
      budget -= given;
    }
  }

  /** Blocks that count as cached whatever the lookup finds: those that it does not find are taken from the pool. */
  private knownBlocks(s: Sequence, most: number): number {
    const known = s.preemptions === 0 ? s.request.knownCached : undefined;
    return known === undefined ? 0 : Math.min(most, Math.floor(known / this.pool.blockSize));
  }

  private wanted(s: Sequence): number {
    const catchUp = this.capped(s.target + (s.decoding ? this.drafts : 0) - s.computed);
    // Where drafts count as accepted until they are judged, the model's context may seem to be full.
    return Math.max(0, Math.min(catchUp, this.spec.maxModelLen - 1 - s.computed));
  }

  private capped(tokens: number): number {
    const { longPrefill } = this.spec;
    return longPrefill > 0 && tokens > longPrefill ? longPrefill : tokens;
  }

  private slots(s: Sequence): number {
    return Math.min(s.computed + s.given + this.drafts, this.mostTokens);
  }

  private give(s: Sequence): void {
    this.pool.extend(s, this.pool.blocksOf(this.slots(s)));
    this.enter(s);
  }

  private enter(s: Sequence): void {
    const { pool } = this;
    s.pass = this.pass;
    this.plan.push(s);
    // Of tokens that are only promised nobody knows the content.
    if (pool.caches)
      pool.register(s, Math.floor(Math.min(s.computed + s.given, s.input + s.generated) / pool.blockSize));
  }

  /** Who gives way when blocks run out: the newest running, or the least urgent. */
  private victim(): Sequence {
    let worst = this.running.tail;
    if (this.spec.policy === "priority")
      for (let s = this.running.head; s !== undefined; s = s.next)
        if (worst === undefined || isLessUrgent(s, worst)) worst = s;
    if (worst === undefined) throw new Error("a running request needs blocks, yet none runs");
    return worst;
  }

  private preempt(s: Sequence): void {
    const { pool, steady } = this;
    if (s.steady) this.dropped.push(s);
    this.nameBlocks(true);
    this.withdraw(s, s.pass === this.pass ? steady.reached + 1 : steady.reached);
    if (pool.named) pool.keepOwn(s);
    pool.release(s, 0);
    s.state = WAITING;
    s.decoding = false;
    s.computed = 0;
    s.preemptions++;
    this.counters.preemptions++;
    this.preempted++;
    this.queue.putBack(s);
  }

  private fallOut(s: Sequence): void {
    this.steady.leave(s, this.steady.reached);
    this.dropped.push(s);
    insertByRank(this.pending, s);
  }
}

const SHORT = -1;

function isLessUrgent(a: Sequence, b: Sequence): boolean {
  const difference = a.request.priority - b.request.priority;
  return difference > 0 || (difference === 0 && a.serial > b.serial);
}
