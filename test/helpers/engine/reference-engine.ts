import { type Random, randomStream } from "../../../src/base/index.ts";
import { StepNoiseSource } from "../../../src/twin/engine/noise.ts";
import { stepMs } from "../../../src/twin/engine/step-time.ts";
import type {
  AnswerProgress,
  Engine,
  EngineCounters,
  EngineOptions,
  EngineRequest,
  EngineSpec,
  Refusal,
  RequestFigures,
} from "../../../src/twin/engine/types.ts";
import { ReferencePool } from "./reference-pool.ts";

interface Sequence {
  readonly request: EngineRequest;
  readonly serial: number;
  readonly arrivedAt: number;
  readonly input: number;
  readonly output: number;
  readonly capped: boolean;
  state: "waiting" | "running" | "done";
  decoding: boolean;
  computed: number;
  generated: number;
  /** Tokens that a planned step will yield if all drafts are accepted; those computed count as computed already. */
  placeholders: number;
  /** Most tokens ever computed or found: below it, computing is recomputing. */
  highWater: number;
  blocks: number[];
  registered: number;
  firstScheduledAt: number;
  lastScheduledAt: number;
  firstTokenAt: number;
  lastTokenAt: number;
  cached: number;
  recomputed: number;
  preemptions: number;
  longestGap: number;
  longGaps: number;
  leaves: number;
}

interface Row {
  readonly sequence: Sequence;
  readonly tokens: number;
  /** Tokens that it will yield if all drafts are accepted. */
  readonly yields: number;
  readonly isPrefill: boolean;
}

interface Step {
  readonly nominal: number;
  readonly rows: readonly Row[];
  readonly tokens: number;
  readonly preempted: number;
}

/**
 * vLLM V1's scheduler step by step, every step visiting every sequence: slow, and simple enough to be checked by reading. The product's engine must
 * do the same.
 */
export class ReferenceEngine implements Engine {
  readonly spec: EngineSpec;
  readonly counters: EngineCounters;
  readonly pool: ReferencePool;
  nextAt = Number.POSITIVE_INFINITY;
  leaked = 0;

  private readonly options: EngineOptions;
  private readonly noise: StepNoiseSource;
  private readonly draws: Random;
  private readonly held = new Map<number, Sequence>();
  private readonly queue: Sequence[] = [];
  private readonly batch: Sequence[] = [];
  private readonly mostTokens: number;
  private serial = 0;
  private slowdown = 1;
  private pausedUntil = 0;
  private now = 0;
  private step: (Step & { readonly ms: number }) | undefined;
  /** Made when the step under way began; under asynchronous scheduling only. */
  private planned: Step | undefined;

  constructor(spec: EngineSpec, random: Random, options: EngineOptions) {
    this.spec = spec;
    this.options = options;
    const seed = random.uint32();
    this.noise = new StepNoiseSource(spec.noise, randomStream(seed, "factors"), randomStream(seed, "holds"));
    this.draws = randomStream(seed, "accepted");
    this.pool = new ReferencePool(spec.blocks);
    this.mostTokens = Math.min(spec.maxModelLen, spec.blocks * spec.blockSize);
    this.counters = {
      steps: 0,
      preemptions: 0,
      finished: 0,
      cancelled: 0,
      promptTokensComputed: 0,
      promptTokensCached: 0,
      promptTokensRecomputed: 0,
      prefixQueries: 0,
      prefixHits: 0,
      generatedTokens: 0,
      busyMs: 0,
    };
  }

  get running(): number {
    return this.batch.length;
  }

  get waiting(): number {
    return this.queue.length;
  }

  get blocks(): number {
    return this.spec.blocks;
  }

  get usedBlocks(): number {
    return this.spec.blocks - this.pool.free.size;
  }

  get pendingPrefillTokens(): number {
    let tokens = 0;
    for (const s of this.queue) tokens += s.input + s.generated + s.placeholders;
    for (const s of this.batch) if (!s.decoding) tokens += s.input + s.generated - s.computed;
    const rows = [...(this.step?.rows ?? []), ...(this.planned?.rows ?? [])];
    for (const { sequence, tokens: m, isPrefill } of rows) if (isPrefill && sequence.state === "running") tokens += m;
    return tokens;
  }

  /** Blocks of each running request, for the tests. */
  get tables(): readonly (readonly number[])[] {
    return this.batch.map((s) => s.blocks);
  }

  submit(request: EngineRequest, at: number): Refusal | undefined {
    if (request.inputTokens >= this.spec.maxModelLen) return "prompt-too-long";
    if (request.inputTokens > this.spec.blocks * this.spec.blockSize) return "never-fits";
    const most = Math.min(
      this.spec.maxModelLen - request.inputTokens,
      this.spec.blocks * this.spec.blockSize - request.inputTokens + 1,
    );
    this.now = Math.max(this.now, at);
    const sequence: Sequence = {
      request,
      serial: this.serial++,
      arrivedAt: at,
      input: request.inputTokens,
      output: Math.min(request.outputTokens, most),
      capped: request.outputTokens > most,
      state: "waiting",
      decoding: false,
      computed: 0,
      generated: 0,
      placeholders: 0,
      highWater: 0,
      blocks: [],
      registered: 0,
      firstScheduledAt: Number.NaN,
      lastScheduledAt: Number.NaN,
      firstTokenAt: Number.NaN,
      lastTokenAt: Number.NaN,
      cached: -1,
      recomputed: 0,
      preemptions: 0,
      longestGap: 0,
      longGaps: 0,
      leaves: 0,
    };
    this.held.set(request.id, sequence);
    this.queue.push(sequence);
    this.order();
    if (this.step === undefined) this.nextAt = Math.max(this.now, this.pausedUntil);
    return undefined;
  }

  cancel(id: number, at: number): boolean {
    const sequence = this.held.get(id);
    if (sequence === undefined) return false;
    this.now = Math.max(this.now, at);
    this.held.delete(id);
    this.counters.cancelled++;
    if (sequence.state === "waiting") this.queue.splice(this.queue.indexOf(sequence), 1);
    if (sequence.state === "running") {
      this.batch.splice(this.batch.indexOf(sequence), 1);
      this.free(sequence, 0);
    }
    sequence.state = "done";
    if (this.step === undefined && this.batch.length + this.queue.length > 0)
      this.nextAt = Math.max(this.now, this.pausedUntil);
    return true;
  }

  advance(to: number): void {
    while (this.nextAt <= to) {
      this.now = this.nextAt;
      if (this.step !== undefined) this.end();
      if (this.now < this.pausedUntil) this.nextAt = this.pausedUntil;
      else this.begin();
    }
  }

  peekPrefix(blockHashes: ArrayLike<number>): number {
    let found = 0;
    for (let i = 0; i < blockHashes.length; i++) {
      if (this.pool.find(blockHashes[i] ?? Number.NaN) === undefined) break;
      found += this.spec.blockSize;
    }
    return found;
  }

  progress(id: number): AnswerProgress | undefined {
    const s = this.held.get(id);
    if (s === undefined || s.generated === 0) return undefined;
    return { tokens: s.generated, lastTokenAt: s.lastTokenAt, longestGap: s.longestGap, longGaps: s.longGaps };
  }

  setSlowdown(factor: number): void {
    this.slowdown = factor;
  }

  pause(until: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, until);
    if (this.step === undefined && this.nextAt < this.pausedUntil) this.nextAt = this.pausedUntil;
  }

  private begin(): void {
    let step = this.planned ?? this.plan();
    this.planned = undefined;
    if (step.rows.length === 0) {
      this.step = undefined;
      // Nothing ran though something was preempted: its blocks are free now, so the next pass may place somebody.
      this.nextAt = step.preempted > 0 ? this.now : Number.POSITIVE_INFINITY;
      return;
    }
    const ms = (step.nominal * this.noise.factor() + this.noise.hold()) * this.slowdown;
    this.step = { ...step, ms };
    this.nextAt = this.now + ms;
    if (this.spec.asyncScheduling === false) return;
    step = this.plan();
    // An empty batch passes at once.
    if (step.rows.length > 0) this.planned = step;
  }

  private plan(): Step {
    const { spec, pool } = this;
    const size = spec.blockSize;
    const drafts = spec.speculation?.tokens ?? 0;
    const scheduled = new Map<Sequence, number>();
    let budget = spec.tokenBudget;
    let preempted = 0;

    let index = 0;
    schedule: while (index < this.batch.length && budget > 0) {
      const s = this.batch[index];
      if (s === undefined) break;
      // Its last token is sure to come out of the step under way.
      const isEnding = s.placeholders > 0 && s.generated + 1 >= s.output;
      let m = s.input + s.generated + s.placeholders + (s.decoding ? drafts : 0) - s.computed;
      if (spec.longPrefill > 0) m = Math.min(m, spec.longPrefill);
      m = Math.min(m, budget, spec.maxModelLen - 1 - s.computed);
      if (isEnding || m <= 0) {
        index++;
        continue;
      }
      const slots = Math.min(s.computed + m + drafts, this.mostTokens);
      while (Math.ceil(slots / size) - s.blocks.length > pool.free.size) {
        const victim = this.victim();
        const place = this.batch.indexOf(victim);
        this.batch.splice(place, 1);
        if (place < index) index--;
        budget += scheduled.get(victim) ?? 0;
        scheduled.delete(victim);
        this.preempt(victim);
        preempted++;
        if (victim === s) break schedule;
      }
      this.allocate(s, slots, s.computed + m);
      scheduled.set(s, m);
      budget -= m;
      index++;
    }

    while (preempted === 0 && budget > 0 && this.batch.length < spec.maxSeqs) {
      const s = this.queue[0];
      if (s === undefined) break;
      const target = s.input + s.generated;
      const hits = spec.prefixCache ? this.lookup(s, Math.floor((target - 1) / size)) : [];
      if (spec.prefixCache && s.preemptions === 0) {
        this.counters.prefixQueries += target;
        this.counters.prefixHits += hits.length * size;
      }
      let m = target - hits.length * size;
      if (spec.longPrefill > 0) m = Math.min(m, spec.longPrefill);
      m = Math.min(m, budget);
      const whole = spec.admitWholePrompt === false ? hits.length * size + m : target;
      const idle = hits.filter((block) => pool.free.has(block)).length;
      if (Math.ceil(whole / size) - hits.length + idle > pool.free.size) break;
      this.queue.shift();
      this.batch.push(s);
      s.state = "running";
      for (const block of hits) pool.touch(block);
      s.blocks = hits;
      s.registered = hits.length;
      s.computed = hits.length * size;
      if (s.cached < 0) {
        s.cached = s.computed;
        s.firstScheduledAt = this.now;
      }
      // After a preemption others may have cached more of the prompt than this request ever computed.
      this.counters.promptTokensCached += Math.max(0, Math.min(s.computed, s.input) - s.highWater);
      s.highWater = Math.max(s.highWater, s.computed);
      s.lastScheduledAt = this.now;
      this.allocate(s, s.computed + m, s.computed + m);
      scheduled.set(s, m);
      budget -= m;
    }

    if (scheduled.size === 0 && preempted > 0) this.options.steps?.step(this.now, 0, 0, 0, 0, preempted);
    return this.price(scheduled, preempted);
  }

  /** What the planned step takes; its sequences move on to where they stand after it. */
  private price(scheduled: ReadonlyMap<Sequence, number>, preempted: number): Step {
    const rows: Row[] = [];
    let tokens = 0;
    let decodes = 0;
    let context = 0;
    let work = 0;
    let span = 0;
    for (const [s, m] of scheduled) {
      tokens += m;
      const isPrefill = !s.decoding;
      if (s.decoding) {
        decodes++;
        context += s.computed;
      } else {
        work += m * (s.computed + m / 2);
        span += s.computed + m;
        const again = Math.max(0, Math.min(s.computed + m, s.highWater) - s.computed);
        s.recomputed += again;
        this.counters.promptTokensRecomputed += again;
        // The newest answer token of a resumed request is computed here for the first time, and is no prompt token.
        this.counters.promptTokensComputed += Math.max(
          0,
          Math.min(s.computed + m, s.input) - Math.max(s.computed, s.highWater),
        );
      }
      if (isPrefill) s.highWater = Math.max(s.highWater, s.computed + m);
      const target = s.input + s.generated + s.placeholders;
      s.computed += m;
      const yields = Math.max(0, s.computed - target + 1);
      s.placeholders += yields;
      if (yields > 0) s.decoding = true;
      rows.push({ sequence: s, tokens: m, yields, isPrefill });
    }
    return {
      nominal: stepMs(this.spec.costs, tokens, scheduled.size, decodes, context, work, span),
      rows,
      tokens,
      preempted,
    };
  }

  private end(): void {
    const { step, now, counters, spec } = this;
    if (step === undefined) return;
    this.step = undefined;
    counters.steps++;
    counters.busyMs += step.ms;
    this.options.steps?.step(now, step.ms, 1, step.tokens, step.rows.length, step.preempted);
    const told: Sequence[] = [];
    for (const { sequence: s, yields } of step.rows) {
      if (s.state === "done" || yields === 0) continue;
      let accepted = 0;
      while (accepted < yields - 1 && this.draws.next() < (spec.speculation?.acceptance ?? 0)) accepted++;
      s.leaves = Math.min(1 + accepted, s.output - s.generated);
      s.generated += s.leaves;
      s.placeholders -= yields;
      if (s.state === "running") {
        s.computed -= yields - s.leaves;
        if (spec.asyncScheduling !== false) this.cache(s, s.input + s.generated - 1);
      }
      s.highWater = Math.max(s.highWater, s.input + s.generated - 1);
      counters.generatedTokens += s.leaves;
      if (s.generated > s.leaves) {
        const gap = now - s.lastTokenAt;
        s.longestGap = Math.max(s.longestGap, gap);
        if (gap >= 1000) s.longGaps++;
        this.options.gaps?.gaps(s.request.cell, gap, 1, now);
      } else s.firstTokenAt = now;
      s.lastTokenAt = now;
      told.push(s);
      if (s.generated === s.output) {
        const list = s.state === "running" ? this.batch : this.queue;
        list.splice(list.indexOf(s), 1);
        s.state = "done";
        this.free(s, spec.leak);
      }
    }
    for (const s of told) this.tell(s);
  }

  private tell(s: Sequence): void {
    const { id, listener } = s.request;
    const isHeld = () => this.held.get(id) === s;
    if (isHeld() && s.generated === s.leaves) listener.firstToken(this.now, Math.max(0, s.cached));
    if (isHeld()) listener.tokens?.(this.now, s.leaves);
    if (s.generated < s.output || !isHeld()) return;
    this.held.delete(id);
    this.counters.finished++;
    listener.finished(this.now, figuresOf(s));
  }

  private victim(): Sequence {
    const last = this.batch[this.batch.length - 1];
    if (last === undefined) throw new Error("nothing runs");
    if (this.spec.policy === "fcfs") return last;
    return this.batch.reduce((worst, s) =>
      s.request.priority > worst.request.priority ||
      (s.request.priority === worst.request.priority && s.serial > worst.serial)
        ? s
        : worst,
    );
  }

  private preempt(s: Sequence): void {
    this.free(s, 0);
    s.state = "waiting";
    s.decoding = false;
    s.computed = 0;
    s.preemptions++;
    this.counters.preemptions++;
    this.queue.unshift(s);
    this.order();
  }

  private order(): void {
    if (this.spec.policy === "priority")
      this.queue.sort((a, b) => a.request.priority - b.request.priority || a.serial - b.serial);
  }

  private lookup(s: Sequence, most: number): number[] {
    const hits: number[] = [];
    for (let i = 0; i < most; i++) {
      const block = this.pool.find(this.hash(s, i));
      if (block === undefined) break;
      hits.push(block);
    }
    return hits;
  }

  private allocate(s: Sequence, slots: number, computed: number): void {
    while (s.blocks.length < Math.ceil(slots / this.spec.blockSize)) s.blocks.push(this.pool.take());
    // Of tokens that have not come out yet nobody knows the content.
    this.cache(s, Math.min(computed, s.input + s.generated));
  }

  private cache(s: Sequence, tokens: number): void {
    if (!this.spec.prefixCache) return;
    const full = Math.floor(tokens / this.spec.blockSize);
    for (; s.registered < full; s.registered++)
      this.pool.register(s.blocks[s.registered] ?? -1, this.hash(s, s.registered));
  }

  private hash(s: Sequence, index: number): number {
    const own = -(s.serial * 1_000_000 + index + 1);
    if ((index + 1) * this.spec.blockSize <= s.input) return s.request.blockHashes?.[index] ?? own;
    return s.request.answerBlockHash?.(index) ?? own;
  }

  private free(s: Sequence, leak: number): void {
    const kept = Math.min(leak, s.blocks.length);
    this.leaked += kept;
    this.pool.release(s.blocks.slice(0, s.blocks.length - kept).reverse());
    s.blocks = [];
    s.registered = 0;
  }
}

function figuresOf(s: Sequence): RequestFigures {
  return {
    arrivedAt: s.arrivedAt,
    firstScheduledAt: s.firstScheduledAt,
    lastScheduledAt: s.lastScheduledAt,
    firstTokenAt: s.firstTokenAt,
    lastTokenAt: s.lastTokenAt,
    inputTokens: s.input,
    outputTokens: s.output,
    cachedTokens: s.cached,
    recomputedTokens: s.recomputed,
    preemptions: s.preemptions,
    longestGap: s.longestGap,
    longGaps: s.longGaps,
    capped: s.capped,
  };
}
