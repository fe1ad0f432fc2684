import type { Random } from "../../../../base/index.ts";
import { createEngine } from "../../../engine/index.ts";
import type { AnswerProgress, Engine, EngineSpec, Refusal, RequestFigures } from "../../../engine/types.ts";
import type { EngineHooks, Gauge, Kernel, Timer } from "../../types.ts";
import type { Candidate, Routed } from "./balancers/types.ts";
import type { Holder, InFlight } from "./in-flight.ts";

export type ReplicaState = "starting" | "ready" | "draining" | "down" | "gone";

export interface ReplicaSetting {
  readonly pool: string;
  readonly model: string;
  readonly kernel: Kernel;
  readonly hooks: EngineHooks;
  /** Of the `generation`-th engine of this replica. */
  random(generation: number): Random;
  /** Its last call left. */
  idle(replica: Replica): void;
}

/** One engine of a pool on the kernel, and the calls that it holds. */
export class Replica implements Candidate, Holder {
  readonly index: number;
  readonly identity: string;
  readonly blockSize: number;
  state: ReplicaState = "starting";
  /** When it last became ready. */
  readyAt = Number.NaN;
  readonly #spec: EngineSpec;
  readonly #setting: ReplicaSetting;
  readonly #calls = new Map<number, InFlight>();
  /** First tokens that were told, and the time that they took since their calls came. */
  readonly #firstTokens = { count: 0, ms: 0 };
  #engine: Engine;
  #sinks: ReturnType<EngineHooks["sinks"]> = {};
  #generation = 0;
  #slowdown = 1;
  #slowings = 0;
  #nextRequest = 0;
  #timer: Timer | undefined;
  #armedAt = Number.POSITIVE_INFINITY;
  #stepping = false;

  constructor(index: number, spec: EngineSpec, setting: ReplicaSetting) {
    this.index = index;
    this.identity = `${setting.pool}/${index}`;
    this.blockSize = spec.blockSize;
    this.#spec = spec;
    this.#setting = setting;
    this.#engine = this.#createEngine();
  }

  get outstanding(): number {
    return this.#calls.size;
  }
  get waiting(): number {
    return this.#engine.waiting;
  }
  get running(): number {
    return this.#engine.running;
  }
  get usedBlocks(): number {
    return this.#settled().usedBlocks;
  }
  get blocks(): number {
    return this.#engine.blocks;
  }
  get pendingPrefillTokens(): number {
    return this.#settled().pendingPrefillTokens;
  }

  cachedTokens({ prompt }: Routed): number {
    if (!this.#spec.prefixCache) return 0;
    const found = this.#engine.peekPrefix(prompt.blockHashes(this.blockSize));
    // An engine never takes a prompt's last token from its cache.
    return Math.min(found, Math.floor((prompt.tokens - 1) / this.blockSize) * this.blockSize);
  }

  /** Takes calls from now on. */
  ready(): void {
    const { kernel, hooks, pool, model } = this.#setting;
    this.state = "ready";
    this.readyAt = kernel.now;
    hooks.started?.(pool, this.index, this.#engine, model);
  }

  /** Hands the call to the engine; what it refuses it does not hold. */
  submit(flight: InFlight): Refusal | undefined {
    const { call, ask } = flight;
    const { prompt } = ask;
    const request = this.#nextRequest++;
    const sized = this.blockSize;
    const answerBlockHash = this.#spec.prefixCache ? call.answerBlockHash?.(ask, sized) : undefined;
    const hashes = this.#spec.prefixCache ? prompt.blockHashes(sized) : undefined;
    const blockHashes = hashes !== undefined && hashes.length > 0 ? hashes : undefined;
    flight.assigned(this, request);
    this.#calls.set(request, flight);
    const refusal = this.#engine.submit(
      {
        id: request,
        inputTokens: prompt.tokens,
        outputTokens: call.kind === "embed" ? 1 : call.answerTokens(ask),
        ...(ask.maxTokens === undefined ? {} : { maxTokens: ask.maxTokens }),
        priority: call.priority,
        blockHashes,
        ...(answerBlockHash === undefined ? {} : { answerBlockHash }),
        cell: call.cell,
        listener: flight,
      },
      this.#setting.kernel.now,
    );
    if (refusal !== undefined) this.#calls.delete(request);
    else this.#arm();
    return refusal;
  }

  firstToken(ms: number): void {
    this.#firstTokens.count++;
    this.#firstTokens.ms += ms;
    this.#sinks.firstTokens?.(ms);
  }

  finished(request: number, figures: RequestFigures, maxTokens: number | undefined): void {
    this.#calls.delete(request);
    this.#sinks.requests?.(figures, maxTokens);
    if (this.#calls.size === 0) this.#setting.idle(this);
  }

  drop(request: number): void {
    if (!this.#calls.delete(request)) return;
    this.#engine.cancel(request, this.#setting.kernel.now);
    this.#arm();
    if (this.#calls.size === 0) this.#setting.idle(this);
  }

  progress(request: number): AnswerProgress | undefined {
    return this.#engine.progress?.(request, this.#setting.kernel.now);
  }

  /** Every further step takes so many times as long; returns whether nothing else has set it since, for whoever ends it. */
  setSlowdown(factor: number): () => boolean {
    const mine = ++this.#slowings;
    this.#slowdown = factor;
    this.#settled().setSlowdown(factor);
    this.#arm();
    return () => this.#slowings === mine;
  }

  /** Does nothing until then, and goes on with what it holds. */
  freeze(until: number): void {
    this.#settled().pause(until);
    this.#arm();
  }

  /** Stops at once; the calls that it held break. What it starts again with (`ready`) is a new engine. */
  halt(state: "down" | "gone", message: string): void {
    const { hooks, pool } = this.#setting;
    const served = this.state === "ready" || this.state === "draining";
    this.state = state;
    this.#timer?.cancel();
    this.#armedAt = Number.POSITIVE_INFINITY;
    const lost = [...this.#calls.values()];
    this.#calls.clear();
    if (served) hooks.stopped?.(pool, this.index);
    if (state === "down") {
      this.#generation++;
      this.#engine = this.#createEngine();
    }
    for (const flight of lost) flight.lost(message);
  }

  gauges(): Gauge[] {
    const { counters, waiting, running, usedBlocks, blocks } = this.#settled();
    const replica = this.index;
    const gauge = (name: string, value: number): Gauge => ({ name, replica, kind: "gauge", value });
    const counter = (name: string, value: number): Gauge => ({ name, replica, kind: "counter", value });
    return [
      gauge("queue", waiting),
      gauge("running", running),
      gauge("kv.used", blocks === 0 ? 0 : usedBlocks / blocks),
      gauge("kv.blocks", blocks),
      gauge("kv.tokens", blocks * this.blockSize),
      // Of the three only llama.cpp's page tells how many may run at once: its slots.
      ...(this.#spec.dialect === "llamacpp" ? [gauge("running.limit", this.#spec.maxSeqs)] : []),
      counter("preemptions", counters.preemptions),
      counter("tokens.prompt.computed", counters.promptTokensComputed),
      counter("tokens.prompt.cached", counters.promptTokensCached),
      counter("tokens.prompt.recomputed", counters.promptTokensRecomputed),
      counter("tokens.generated", counters.generatedTokens),
      counter("prefix.queries", counters.prefixQueries),
      counter("prefix.hits", counters.prefixHits),
      counter("steps", counters.steps),
      counter("requests.finished", counters.finished),
      counter("requests.cancelled", counters.cancelled),
      counter("busy", counters.busyMs),
      counter("ttft", this.#firstTokens.ms),
      counter("ttft.count", this.#firstTokens.count),
    ];
  }

  /** The engine as it stands now: within a run of steps that it passes in one jump it would show the state at the jump's beginning. */
  #settled(): Engine {
    const { now } = this.#setting.kernel;
    // What is due by now has its own event still to come.
    if (this.#engine.nextAt > now) this.#engine.advance(now);
    return this.#engine;
  }

  #createEngine(): Engine {
    const { pool, hooks } = this.#setting;
    this.#sinks = hooks.sinks(pool, this.index);
    const { gaps, steps } = this.#sinks;
    const engine = createEngine(this.#spec, this.#setting.random(this.#generation), {
      fastForward: hooks.fastForward,
      ...(gaps === undefined ? {} : { gaps }),
      ...(steps === undefined ? {} : { steps }),
    });
    if (this.#slowdown !== 1) engine.setSlowdown(this.#slowdown);
    return engine;
  }

  readonly #step = (): void => {
    this.#armedAt = Number.POSITIVE_INFINITY;
    const engine = this.#engine;
    this.#stepping = true;
    engine.advance(this.#setting.kernel.now);
    this.#stepping = false;
    this.#arm();
  };

  /** The kernel wakes the engine when it next has something to do. */
  #arm(): void {
    if (this.#stepping || this.state === "gone") return;
    const next = this.#engine.nextAt;
    if (next === this.#armedAt) return;
    this.#timer?.cancel();
    this.#armedAt = next;
    this.#timer = next === Number.POSITIVE_INFINITY ? undefined : this.#setting.kernel.at(next, this.#step);
  }
}
