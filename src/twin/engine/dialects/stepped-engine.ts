import { type Random, randomStream } from "../../../base/index.ts";
import { zeroCounters } from "../counters.ts";
import { HeldRequests, mustHaveTokens } from "../held-requests.ts";
import { StepNoiseSource } from "../noise.ts";
import { progressOf } from "../served-sequence.ts";
import { stepMs } from "../step-time.ts";
import type {
  AnswerProgress,
  Engine,
  EngineCounters,
  EngineOptions,
  EngineRequest,
  EngineSpec,
  Refusal,
} from "../types.ts";
import { DecodeRun } from "./decode-run.ts";
import { Batch, type Scheduler } from "./scheduler.ts";
import { Sequence } from "./sequence.ts";

/**
 * Steps, their clock, tokens, gaps and listeners, around a scheduler that decides who runs. With `fastForward` steps that repeat are not planned
 * and not dealt out to each sequence (see DecodeRun); every step still ends at its own time, and results are the same to the last bit.
 */
export class SteppedEngine<Place> implements Engine {
  readonly spec: EngineSpec;
  readonly counters: EngineCounters = zeroCounters();
  nextAt = Number.POSITIVE_INFINITY;

  private readonly options: EngineOptions;
  private readonly noise: StepNoiseSource;
  private readonly draws: Random;
  private readonly scheduler: Scheduler<Place>;
  private readonly held = new HeldRequests<Sequence<Place>>(this.counters);
  private readonly batch = new Batch<Place>();
  private readonly run: DecodeRun<Place>;
  /** All of the last step's sequences decode on, and nothing has come or left since. */
  private repeats = false;
  private readonly acceptance: number;
  private serial = 0;
  private slowdown = 1;
  private pausedUntil = 0;
  private now = 0;
  private underWay = false;
  private tokens = 0;
  private ms = 0;

  constructor(
    spec: EngineSpec,
    random: Random,
    options: EngineOptions,
    scheduler: (spec: EngineSpec, counters: EngineCounters) => Scheduler<Place>,
  ) {
    this.spec = spec;
    this.options = options;
    const seed = random.uint32();
    this.noise = new StepNoiseSource(spec.noise, randomStream(seed, "factors"), randomStream(seed, "holds"));
    this.draws = randomStream(seed, "accepted");
    this.acceptance = spec.speculation?.acceptance ?? 0;
    this.scheduler = scheduler(spec, this.counters);
    this.run = new DecodeRun(this.scheduler, spec.costs, options.gaps);
  }

  get running(): number {
    return this.scheduler.running;
  }

  get waiting(): number {
    return this.scheduler.waiting;
  }

  get blocks(): number {
    return this.spec.blocks;
  }

  get usedBlocks(): number {
    this.run.flush();
    return this.scheduler.usedBlocks;
  }

  get pendingPrefillTokens(): number {
    return this.scheduler.pendingPrefillTokens;
  }

  peekPrefix(blockHashes: ArrayLike<number>): number {
    this.run.flush();
    return this.scheduler.peekPrefix(blockHashes);
  }

  setSlowdown(factor: number): void {
    this.slowdown = factor;
  }

  pause(until: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, until);
    if (!this.underWay && this.nextAt < this.pausedUntil) this.nextAt = this.pausedUntil;
  }

  progress(id: number): AnswerProgress | undefined {
    this.run.flush();
    const sequence = this.held.get(id);
    return sequence && progressOf(sequence);
  }

  submit(request: EngineRequest, at: number): Refusal | undefined {
    mustHaveTokens(request);
    const refusal = this.scheduler.refusal(request);
    if (refusal !== undefined) return refusal;
    this.wake(at);
    const most = this.scheduler.mostOutput(request);
    const sequence = new Sequence<Place>(request, this.serial++, at, most, this.spec.blockSize);
    this.held.hold(sequence);
    this.scheduler.enqueue(sequence);
    return undefined;
  }

  cancel(id: number, at: number): boolean {
    const sequence = this.held.cancel(id);
    if (sequence === undefined) return false;
    this.wake(at);
    // One that has just finished and whose owner is not told yet holds nothing any more.
    if (sequence.state !== "done") this.scheduler.leave(sequence, false);
    sequence.state = "done";
    return true;
  }

  advance(to: number): void {
    while (this.nextAt <= to) {
      this.now = this.nextAt;
      if (this.underWay) this.end();
      if (this.now < this.pausedUntil) this.nextAt = this.pausedUntil;
      else this.begin();
    }
  }

  private wake(at: number): void {
    this.run.stop();
    this.repeats = false;
    if (at > this.now) this.now = at;
    if (!this.underWay) this.nextAt = Math.max(this.now, this.pausedUntil);
  }

  private begin(): void {
    const nominal = this.runOn() ?? this.planned();
    this.underWay = nominal !== undefined;
    if (nominal === undefined) {
      this.nextAt = Number.POSITIVE_INFINITY;
      return;
    }
    this.ms = (nominal * this.noise.factor() + this.noise.hold()) * this.slowdown;
    this.nextAt = this.now + this.ms;
  }

  /** Nominal duration of a step that repeats the last one; undefined where it has to be planned. */
  private runOn(): number | undefined {
    if (this.repeats) {
      this.repeats = false;
      this.run.start(this.batch.sequences);
    }
    return this.run.size > 0 ? this.run.begin() : undefined;
  }

  private planned(): number | undefined {
    const { batch, counters } = this;
    batch.clear();
    this.scheduler.plan(batch, this.now);
    counters.preemptions += batch.preempted;
    return batch.sequences.length > 0 ? this.price() : undefined;
  }

  private price(): number {
    const { sequences } = this.batch;
    let tokens = 0;
    let decodes = 0;
    let context = 0;
    let work = 0;
    let span = 0;
    for (const sequence of sequences) {
      const m = sequence.scheduled;
      tokens += m;
      if (sequence.decoding) {
        decodes++;
        context += sequence.computed;
      } else {
        work += m * (sequence.computed + m / 2);
        span += sequence.computed + m;
        this.countPrefill(sequence, m);
      }
    }
    this.tokens = tokens;
    return stepMs(this.spec.costs, tokens, sequences.length, decodes, context, work, span);
  }

  private countPrefill(sequence: Sequence<Place>, tokens: number): void {
    const { computed, highWater, input } = sequence;
    const end = computed + tokens;
    const again = Math.max(0, Math.min(end, highWater) - computed);
    sequence.recomputed += again;
    this.counters.promptTokensRecomputed += again;
    // The newest answer token of a resumed request is computed here for the first time, and is no prompt token.
    this.counters.promptTokensComputed += Math.max(0, Math.min(end, input) - Math.max(computed, highWater));
    sequence.highWater = Math.max(highWater, end);
  }

  private end(): void {
    const { batch, counters, now, ms } = this;
    const { sequences } = batch;
    this.underWay = false;
    counters.steps++;
    counters.busyMs += ms;
    this.options.steps?.step(now, ms, 1, this.tokens, sequences.length, batch.preempted);
    if (this.run.size > 0) {
      counters.generatedTokens += this.run.size;
      this.run.end(now);
      return;
    }
    const { length } = sequences;
    let told = 0;
    let decoding = 0;
    for (const sequence of sequences) {
      if (sequence.state !== "running") continue;
      if (this.settle(sequence)) sequences[told++] = sequence;
      if (sequence.decoding && sequence.generated < sequence.output) decoding++;
    }
    this.repeats = this.options.fastForward && this.tokens === length && decoding === length;
    for (let i = 0; i < told; i++) {
      const sequence = sequences[i];
      if (sequence !== undefined) this.held.tell(sequence, now);
    }
    batch.preempted = 0;
  }

  /** Brings a sequence to the end of the step; true where tokens of it leave. */
  private settle(sequence: Sequence<Place>): boolean {
    const { target, scheduled } = sequence;
    if (!sequence.decoding) {
      sequence.computed += scheduled;
      const whole = sequence.computed === target;
      sequence.decoding = whole;
      this.scheduler.prefilled(sequence);
      if (!whole) return false;
    }
    // A prefill that ends yields one token; a decode one, and drafts while each is accepted.
    const drafted = sequence.computed === target ? 0 : scheduled - 1;
    let accepted = 0;
    while (accepted < drafted && this.draws.next() < this.acceptance) accepted++;
    const count = Math.min(1 + accepted, sequence.output - sequence.generated);
    const gap = sequence.emit(count, this.now);
    // The newest token is not in the cache until the next step computes it.
    sequence.computed = sequence.target - 1;
    sequence.highWater = Math.max(sequence.highWater, sequence.computed);
    this.counters.generatedTokens += count;
    if (gap >= 0) this.options.gaps?.gaps(sequence.request.cell, gap, 1, this.now);
    if (sequence.generated === sequence.output) {
      this.scheduler.leave(sequence, true);
      sequence.state = "done";
    }
    return true;
  }
}
