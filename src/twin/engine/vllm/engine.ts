import { type Random, randomStream } from "../../../base/index.ts";
import { zeroCounters } from "../counters.ts";
import { HeldRequests, mustHaveTokens } from "../held-requests.ts";
import { StepNoiseSource } from "../noise.ts";
import { LONG_GAP_MS, progressOf } from "../served-sequence.ts";
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
import { BlockPool } from "./block-pool.ts";
import { Flight } from "./flight.ts";
import { Jump } from "./jump.ts";
import { NoiseTape } from "./noise-tape.ts";
import { Scheduler } from "./scheduler.ts";
import { DONE, RUNNING, Sequence, WAITING } from "./sequence.ts";
import { Steady } from "./steady.ts";
import { StepShape } from "./step-shape.ts";
import { Stream } from "./stream.ts";

/**
 * vLLM V1's engine core.
 *
 * With asynchronous scheduling the plan of a step is made when the step before it begins, of what is known then: what that one will yield is promised.
 * So arrivals, cancellations, and the blocks and seats of answers that end are seen one plan later than in the other mode, which plans a step when it
 * begins.
 *
 * With `fastForward` runs of decode steps are taken in one jump, to the next finish, hold-up or shortage of blocks, while nothing waits that could be
 * admitted. Jumps change no result beyond rounding: without noise their times are the closed form of the same linear series, with noise each step's
 * factor is drawn as without jumps (at most 64 steps a jump), and an arrival or a cancellation ends the jump with the step under way. Every gap is
 * told to the gap sink either way. During a jump counters and blocks stand where the last call of `advance` left them: call `advance(now)` before
 * reading them, or before `setSlowdown` and `pause`.
 */
export class VllmEngine implements Engine {
  readonly spec: EngineSpec;
  readonly counters: EngineCounters = zeroCounters();
  readonly pool: BlockPool;
  nextAt = Number.POSITIVE_INFINITY;

  private readonly options: EngineOptions;
  private readonly isAsync: boolean;
  private readonly steady: Steady;
  private readonly stream: Stream;
  private readonly scheduler: Scheduler;
  private readonly noise: StepNoiseSource;
  private readonly tape: NoiseTape | undefined;
  private readonly jump: Jump;
  private readonly shape: StepShape;
  private readonly flight: Flight;
  private readonly held = new HeldRequests<Sequence>(this.counters);
  private serial = 0;
  private slowdown = 1;
  private pausedUntil = 0;
  /** The last time that the engine was told of. */
  private now = 0;
  private isUnderWay = false;
  /** End of the last step that ended, and how long the decodes then stood still before the one under way. */
  private lastEnd = 0;
  private stoodStill = 0;
  /** The step under way. */
  private ms = 0;
  private tokens = 0;
  private sequences = 0;
  private preempted = 0;
  /** The step that is planned and has not begun, and its nominal duration. */
  private isPlanned = false;
  private plannedMs = 0;
  private plannedTokens = 0;
  private plannedSequences = 0;

  constructor(spec: EngineSpec, random: Random, options: EngineOptions) {
    this.spec = spec;
    this.options = options;
    this.isAsync = spec.asyncScheduling !== false;
    const seed = random.uint32();
    this.noise = new StepNoiseSource(spec.noise, randomStream(seed, "factors"), randomStream(seed, "holds"));
    this.tape = spec.noise.sigma > 0 ? new NoiseTape(this.noise) : undefined;
    const draws = randomStream(seed, "accepted");
    this.jump = new Jump(this.tape);
    this.shape = new StepShape(spec.costs, this.counters);
    const mostTokens = Math.min(spec.maxModelLen, spec.blocks * spec.blockSize);
    this.pool = new BlockPool(spec.blocks, spec.blockSize, mostTokens, spec.prefixCache, spec.speculation?.tokens ?? 0);
    this.steady = new Steady(this.pool, this.isAsync ? 1 : 0);
    this.stream = new Stream(spec.maxModelLen, options.gaps);
    this.scheduler = new Scheduler(spec, mostTokens, this.pool, this.steady, this.counters);
    const { isAsync, scheduler, steady, stream, pool, counters } = this;
    this.flight = new Flight(spec, isAsync, scheduler, steady, stream, pool, counters, draws, options.gaps);
  }

  get running(): number {
    return this.scheduler.running.size;
  }

  get waiting(): number {
    return this.scheduler.queue.size;
  }

  get blocks(): number {
    return this.pool.total;
  }

  get usedBlocks(): number {
    return this.pool.total - this.pool.free;
  }

  get pendingPrefillTokens(): number {
    let tokens = this.scheduler.queue.tokens;
    for (const s of this.scheduler.pending) if (!s.decoding) tokens += s.target - s.computed;
    return tokens + this.flight.prefillTokens;
  }

  peekPrefix(blockHashes: ArrayLike<number>): number {
    return this.pool.peek(blockHashes);
  }

  /** Blocks that each running request holds, and their names where blocks have any: what the tests count over. */
  *holdings(): Generator<{ readonly held: number; readonly names: readonly number[] }> {
    for (let s = this.scheduler.running.head; s !== undefined; s = s.next) {
      const isImplied = s.steady && !this.pool.named;
      const held = isImplied ? this.pool.blocksOf(s.base + this.steady.begun) : s.held;
      yield { held, names: [...s.table.subarray(0, held)] };
    }
  }

  submit(request: EngineRequest, at: number): Refusal | undefined {
    const { spec } = this;
    const { inputTokens, outputTokens } = request;
    mustHaveTokens(request);
    if (inputTokens >= spec.maxModelLen) return "prompt-too-long";
    const room = spec.blocks * spec.blockSize;
    if (inputTokens > room) return "never-fits";
    // The last token's KV is never written. Where the pool is smaller than the model's context it caps the answer like a shorter context would, for
    // vLLM does not start with less than one full context of KV.
    const most = Math.min(spec.maxModelLen - inputTokens, room - inputTokens + 1);
    const watched = request.listener.tokens !== undefined || spec.speculation !== undefined;
    const output = Math.min(outputTokens, most);
    const s = new Sequence(request, this.serial++, at, output, outputTokens > most, watched);
    if (this.jump.active && this.couldAdmit()) this.cut(at);
    if (at > this.now) this.now = at;
    if (request.blockHashes !== undefined || request.answerBlockHash !== undefined) this.scheduler.nameBlocks(false);
    this.held.hold(s);
    this.scheduler.queue.push(s);
    if (!this.isUnderWay) this.nextAt = Math.max(this.now, this.pausedUntil);
    return undefined;
  }

  cancel(id: number, at: number): boolean {
    const s = this.held.cancel(id);
    if (s === undefined) return false;
    if (this.jump.active) this.cut(at);
    if (at > this.now) this.now = at;
    const { scheduler } = this;
    if (s.state === WAITING) scheduler.queue.remove(s);
    if (s.state === RUNNING) {
      scheduler.withdraw(s, this.steady.begun);
      this.pool.release(s, 0);
    }
    if (s.streaming) this.stream.leave(s, this.lastEnd);
    s.state = DONE;
    if (!this.isUnderWay && scheduler.running.size + scheduler.queue.size > 0)
      this.nextAt = Math.max(this.now, this.pausedUntil);
    return true;
  }

  advance(to: number): void {
    while (this.nextAt <= to) {
      this.now = this.nextAt;
      if (this.isUnderWay) this.end();
      if (this.now < this.pausedUntil) this.nextAt = this.pausedUntil;
      else this.begin();
    }
    if (this.jump.active) this.settle(to);
  }

  progress(id: number, at: number): AnswerProgress | undefined {
    const s = this.held.get(id);
    if (s === undefined) return undefined;
    if (this.jump.active) this.settle(at);
    if (s.streaming) return this.stream.progressOf(s, this.lastEnd);
    return progressOf(s);
  }

  setSlowdown(factor: number): void {
    if (this.jump.active) this.cut(this.now);
    this.slowdown = factor;
  }

  pause(until: number): void {
    if (this.jump.active) this.cut(this.now);
    this.pausedUntil = Math.max(this.pausedUntil, until);
    if (!this.isUnderWay && this.nextAt < this.pausedUntil) this.nextAt = this.pausedUntil;
  }

  private begin(): void {
    const { scheduler, steady } = this;
    if (!this.isPlanned) this.plan();
    if (!this.isPlanned) {
      this.isUnderWay = false;
      // Nothing runs though something was preempted: its blocks are free now, so the next pass may place somebody.
      this.nextAt = scheduler.preempted > 0 ? this.now : Number.POSITIVE_INFINITY;
      return;
    }
    this.isUnderWay = true;
    this.stoodStill = this.now - this.lastEnd;
    const nominal = this.plannedMs;
    this.tokens = this.plannedTokens;
    this.sequences = this.plannedSequences;
    this.preempted = scheduler.preempted;
    this.isPlanned = false;
    let isUniform = scheduler.plan.length === 0 && this.preempted === 0;
    if (this.isAsync) {
      steady.reached++;
      this.flight.foresee();
      isUniform &&= steady.size === this.sequences;
      this.plan();
      isUniform &&=
        scheduler.plan.length === 0 && this.plannedSequences === this.sequences && scheduler.preempted === 0;
    }
    if (isUniform && this.options.fastForward && this.startJump(nominal)) return;
    this.ms = this.noisy(nominal);
    this.nextAt = this.now + this.ms;
  }

  /** Plans the next step, where there is anything to do. */
  private plan(): void {
    const { scheduler, steady, stream } = this;
    scheduler.schedule(this.now);
    const { plan, preempted, dropped } = scheduler;
    // Under asynchronous scheduling they still have a token to come.
    if (!this.isAsync) for (const s of dropped) stream.leave(s, this.lastEnd);
    if (plan.length === 0 && steady.size === 0) {
      steady.begun = steady.reached;
      if (preempted > 0) this.options.steps?.step(this.now, 0, 0, 0, 0, preempted);
      return;
    }
    this.isPlanned = true;
    if (plan.length === 0) {
      this.plannedTokens = steady.size;
      this.plannedSequences = steady.size;
      this.plannedMs = this.uniformMs();
      return;
    }
    this.shape.measure(plan, steady);
    this.plannedTokens = this.shape.tokens;
    this.plannedSequences = this.shape.sequences;
    this.plannedMs = this.shape.ms;
  }

  /** Nominal duration of a step of nothing but steady decodes. */
  private uniformMs(): number {
    const { size, context } = this.steady;
    return stepMs(this.spec.costs, size, size, size, context, 0, 0);
  }

  private noisy(nominal: number): number {
    const factor = this.tape === undefined ? 1 : this.tape.next();
    return (nominal * factor + this.noise.hold()) * this.slowdown;
  }

  /** Plans a jump over this step and more like it, where there are any. */
  private startJump(first: number): boolean {
    const { steady, jump, noise, pool, scheduler } = this;
    if (scheduler.pending.length > 0 || this.stoodStill > 0) return false;
    if (this.mayChangeItsMind()) return false;
    // Asynchronously scheduled, the step that ends answers is begun on its own, since the plan made then leaves them out.
    let steps = Math.min(steady.ending.next - steady.reached, noise.stepsUntilHold, jump.mostSteps);
    // What is planned has its blocks.
    while (steps > 1 && steady.needs(steady.begun, steps - 1) > pool.free) steps = Math.floor(steps / 2);
    if (steps < 2) return false;
    noise.skip(1);
    jump.plan(this.now, steps, first, this.spec.costs.d1, steady.size, this.slowdown);
    this.nextAt = jump.endOf(steps);
    return true;
  }

  /** Something waits that the next steps might admit, or whose lookups might find something else. */
  private mayChangeItsMind(): boolean {
    const { scheduler, steady, spec, pool } = this;
    const head = scheduler.queue.head;
    if (head === undefined || !pool.named) return false;
    if (scheduler.running.size >= spec.maxSeqs || steady.size >= spec.tokenBudget) return false;
    return head.request.blockHashes !== undefined || head.request.answerBlockHash !== undefined;
  }

  /** A new request may be admitted before those that run come to a change of their own. */
  private couldAdmit(): boolean {
    const { queue, running } = this.scheduler;
    return running.size < this.spec.maxSeqs && (queue.size === 0 || this.spec.policy === "priority");
  }

  /** Lets the jump end with the step that is under way at `at`. */
  private cut(at: number): void {
    const { jump } = this;
    this.settle(at);
    jump.steps = jump.done + 1;
    this.nextAt = jump.endOf(jump.steps);
  }

  /** Books what of the jump ended by `at`, but not its last step. */
  private settle(at: number): void {
    if (at > this.now) this.now = at;
    this.commit(Math.min(this.jump.endedBy(this.now), this.jump.steps - 1));
  }

  /** Books the jump's steps up to number `upTo` as ended. */
  private commit(upTo: number): void {
    const { jump, steady, stream, counters } = this;
    const from = jump.done;
    const steps = upTo - from;
    if (steps <= 0) return;
    const further = Math.min(upTo + 1, jump.steps) - jump.begun;
    if (further > 0) {
      jump.beginFurther(further);
      this.noise.skip(further);
      steady.allocate(further);
      if (this.isAsync) {
        steady.reached += further;
        this.plannedMs = this.uniformMs();
      }
      counters.prefixQueries += further * this.scheduler.blockedQuery;
    }
    if (!this.isAsync) steady.reached += steps;
    const start = jump.endOf(from);
    const end = jump.endOf(upTo);
    if (this.tape !== undefined || stream.heard)
      for (let i = from; i < upTo; i++) stream.tick(jump.msOf(i), jump.endOf(i + 1));
    else {
      let long = 0;
      if (jump.msOf(upTo - 1) >= LONG_GAP_MS) for (let i = from; i < upTo; i++) if (jump.msOf(i) >= LONG_GAP_MS) long++;
      stream.tickMany(steps, jump.msOf(upTo - 1), long);
    }
    jump.done = upTo;
    this.book(end, end - start, steps);
  }

  private book(at: number, ms: number, steps: number): void {
    const { counters } = this;
    this.lastEnd = at;
    counters.steps += steps;
    counters.busyMs += ms;
    counters.generatedTokens += steps * this.stream.size;
    this.options.steps?.step(at, ms, steps, this.tokens, this.sequences, this.preempted);
  }

  private end(): void {
    const { steady, stream, scheduler, isAsync } = this;
    this.isUnderWay = false;
    if (this.jump.active) this.commit(this.jump.steps);
    else {
      this.book(this.now, this.ms, 1);
      stream.tick(this.ms + this.stoodStill, this.now);
      if (!isAsync) steady.reached++;
    }
    if (!isAsync) {
      if (scheduler.plan.length === 0 && steady.ending.next > steady.reached) return;
      this.flight.foresee();
    }
    if (this.flight.yieldsNothing) return;
    for (const s of this.flight.emit(this.now)) this.held.tell(s, this.now);
  }
}
