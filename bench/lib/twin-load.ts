import { randomStream } from "../../src/base/index.ts";
import { createEngine } from "../../src/twin/engine/index.ts";
import type { Engine, EngineRequest, EngineSpec } from "../../src/twin/engine/types.ts";

/** How an engine is loaded, and what listens to it. */
export interface TwinLoad {
  readonly batch: number;
  /** Tokens of an answer, uniform between half and one and a half times this. */
  readonly answer: number;
  readonly prompt: number;
  readonly prefixCache: boolean;
  readonly fastForward: boolean;
  readonly noise: boolean;
  readonly gaps: boolean;
}

/** What one client process does: so many steps to warm up, then so many in so many parts, the memory looked at after each. */
export interface TwinRun {
  readonly load: TwinLoad;
  readonly warm: number;
  readonly steps: number;
  readonly parts: number;
}

const BLOCK = 16;
/** Topics whose prompts begin alike, for half of their length. */
const TOPICS = 50;
const PROMPTS = 4096;
/** More than the blocks of any request. */
const STRETCH = 4096;

/** 8B on an A100, with KV for the batch and about as much again for the prefix cache. */
function specOf(load: TwinLoad): EngineSpec {
  return {
    dialect: "vllm",
    costs: { c0: 10.8, c1: 0.032, c2: 0.067, n0: 128, ch: 0, d1: 7.1e-5, d2: 0, p1: 1e-6, p2: 0, kappa: 1.3 },
    noise: load.noise
      ? { sigma: 0.04, stallProbability: 1e-3, stallMin: 20, stallMax: 50 }
      : { sigma: 0, stallProbability: 0, stallMin: 0, stallMax: 0 },
    blocks: Math.ceil((2 * load.batch * 1.5 * (load.prompt + load.answer)) / BLOCK),
    blockSize: BLOCK,
    tokenBudget: 2048,
    maxSeqs: load.batch,
    longPrefill: 0,
    maxModelLen: 32_768,
    prefixCache: load.prefixCache,
    policy: "fcfs",
    leak: 0,
  };
}

/** An engine whose batch is always full: whoever has finished asks again at once. */
export function loadedEngine(load: TwinLoad): Engine {
  let told = 0;
  const engine = createEngine(specOf(load), randomStream(1, "engine"), {
    fastForward: load.fastForward,
    ...(load.gaps ? { gaps: { gaps: (_cell: number, ms: number, count: number) => (told += ms * count) } } : {}),
  });
  const draws = randomStream(2, "requests");
  const around = (middle: number): number => Math.max(1, Math.round(middle * (0.5 + draws.next())));
  // Prompts are drawn before: what they cost is not the engine's. One comes again when its blocks have long been evicted.
  const prompts = Array.from({ length: PROMPTS }, (_, mine) => {
    const input = around(load.prompt);
    const full = Math.floor(input / BLOCK);
    const topic = draws.uint32() % TOPICS;
    const hashes = Float64Array.from({ length: full }, (_, i) => (i < full / 2 ? topic : TOPICS + mine) * STRETCH + i);
    return { input, hashes, answerHash: (i: number) => (TOPICS + mine) * STRETCH + i, output: around(load.answer) };
  });
  let id = 0;
  const ask = (at: number): void => {
    const prompt = prompts[id % PROMPTS];
    if (prompt === undefined) throw new Error("no prompt");
    const request: EngineRequest = {
      id,
      inputTokens: prompt.input,
      outputTokens: prompt.output,
      priority: 0,
      blockHashes: load.prefixCache ? prompt.hashes : undefined,
      ...(load.prefixCache ? { answerBlockHash: prompt.answerHash } : {}),
      cell: id % 3,
      listener,
    };
    id++;
    engine.submit(request, at);
  };
  const listener = { firstToken(): void {}, finished: ask };
  for (let i = 0; i < load.batch; i++) ask(0);
  return engine;
}

/** Advances until so many steps more have ended. Returns the seconds of CPU that it took: the machine may have other work. */
export function runSteps(engine: Engine, steps: number): number {
  const until = engine.counters.steps + steps;
  const began = process.cpuUsage();
  while (engine.counters.steps < until) engine.advance(engine.nextAt + 1000);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}
