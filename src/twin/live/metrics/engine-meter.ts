import type { Engine, EngineGapSink, EngineSpec, RequestFigures, StepSink } from "../../engine/types.ts";
import { METER_BOUNDS } from "./bounds.ts";
import { Buckets, oneTwoFive } from "./buckets.ts";

/** How many requests of an engine ended how, in vLLM's words. */
export interface Finished {
  stop: number;
  length: number;
}

/** Histograms of one engine, with the bounds of its dialect. Times in seconds. */
export class EngineHistograms {
  readonly firstToken: Buckets;
  readonly gap: Buckets;
  readonly stepTokens: Buckets;
  readonly endToEnd: Buckets;
  readonly queue: Buckets;
  readonly prefill: Buckets;
  readonly decode: Buckets;
  readonly inference: Buckets;
  readonly timePerToken: Buckets;
  readonly promptTokens: Buckets;
  readonly generationTokens: Buckets;
  readonly maxTokens: Buckets;
  readonly prefillComputed: Buckets;

  constructor(spec: EngineSpec) {
    const bounds = METER_BOUNDS[spec.dialect];
    const tokens = oneTwoFive(spec.maxModelLen);
    this.firstToken = new Buckets(bounds.firstToken);
    this.gap = new Buckets(bounds.gap);
    this.stepTokens = new Buckets(bounds.stepTokens);
    this.endToEnd = new Buckets(bounds.request);
    this.queue = new Buckets(bounds.request);
    this.prefill = new Buckets(bounds.request);
    this.decode = new Buckets(bounds.request);
    this.inference = new Buckets(bounds.request);
    this.timePerToken = new Buckets(bounds.gap);
    this.promptTokens = new Buckets(tokens);
    this.generationTokens = new Buckets(tokens);
    this.maxTokens = new Buckets(tokens);
    this.prefillComputed = new Buckets(tokens);
  }
}

/** An engine that takes requests, since it started. */
interface RunningEngine {
  readonly engine: Engine;
  readonly model: string;
  readonly histograms: EngineHistograms;
}

/** What one replica's engine is measured by, beside its own counters. */
export class EngineMeter {
  /** `part/index`, as the header x-replica says it. */
  readonly replica: string;
  /** Number of the engine on the page; unique among all engines of the stack. */
  readonly index: number;
  readonly finished: Finished = { stop: 0, length: 0 };
  /** Seconds that requests spent in prefill and decode, and prompt tokens computed for them: llama.cpp's counters. */
  prefillSeconds = 0;
  decodeSeconds = 0;
  /** Longest prompt and answer together, tokens. */
  longest = 0;
  /** Sequences summed over steps. */
  sequences = 0;
  steps = 0;
  recomputedTokens = 0;
  #running: RunningEngine | undefined;

  constructor(replica: string, index: number) {
    this.replica = replica;
    this.index = index;
  }

  /** Undefined until it takes requests: a replica that is still loading has no page. */
  get running(): RunningEngine | undefined {
    return this.#running;
  }

  start(engine: Engine, model: string): void {
    this.#running = { engine, model, histograms: new EngineHistograms(engine.spec) };
  }

  readonly gaps: EngineGapSink = {
    gaps: (_cell, ms, count) => this.#running?.histograms.gap.observe(ms / 1000, count),
  };

  readonly stepSink: StepSink = {
    step: (_at, _ms, steps, tokens, sequences) => {
      this.steps += steps;
      this.sequences += sequences;
      this.#running?.histograms.stepTokens.observe(tokens / steps, steps);
    },
  };

  readonly firstTokens = (ms: number): void => this.#running?.histograms.firstToken.observe(ms / 1000);

  /** vLLM's definitions (`update_from_finished_request`): the queue ends with the first scheduling, whatever preempts later. */
  readonly request = (figures: RequestFigures, maxTokens: number | undefined): void => {
    const { arrivedAt, firstScheduledAt, firstTokenAt, lastTokenAt, outputTokens, inputTokens } = figures;
    const decode = (lastTokenAt - firstTokenAt) / 1000;
    const prefill = (firstTokenAt - firstScheduledAt) / 1000;
    this.prefillSeconds += prefill;
    this.decodeSeconds += decode;
    this.recomputedTokens += figures.recomputedTokens;
    this.longest = Math.max(this.longest, inputTokens + outputTokens);
    if (figures.capped || outputTokens === maxTokens) this.finished.length++;
    else this.finished.stop++;
    const histograms = this.#running?.histograms;
    if (histograms === undefined) return;
    histograms.endToEnd.observe((lastTokenAt - arrivedAt) / 1000);
    histograms.queue.observe((firstScheduledAt - arrivedAt) / 1000);
    histograms.prefill.observe(prefill);
    histograms.decode.observe(decode);
    histograms.inference.observe((lastTokenAt - firstScheduledAt) / 1000);
    histograms.timePerToken.observe(outputTokens > 1 ? decode / (outputTokens - 1) : 0);
    histograms.promptTokens.observe(inputTokens);
    histograms.generationTokens.observe(outputTokens);
    histograms.prefillComputed.observe(inputTokens - figures.cachedTokens);
    if (maxTokens !== undefined) histograms.maxTokens.observe(maxTokens);
  };
}
