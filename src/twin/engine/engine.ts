import type { Random } from "../../base/index.ts";
import { LlamaCppScheduler } from "./dialects/llamacpp.ts";
import { SglangScheduler } from "./dialects/sglang.ts";
import { SteppedEngine } from "./dialects/stepped-engine.ts";
import type { Dialect, Engine, EngineOptions, EngineSpec } from "./types.ts";
import { VllmEngine } from "./vllm/engine.ts";

type Create = (spec: EngineSpec, random: Random, options: EngineOptions) => Engine;

const CREATE: Readonly<Record<Dialect, Create>> = {
  vllm: (spec, random, options) => new VllmEngine(spec, random, options),
  sglang: (spec, random, options) =>
    new SteppedEngine(spec, random, options, (...parts) => new SglangScheduler(...parts)),
  llamacpp: (spec, random, options) =>
    new SteppedEngine(spec, random, options, (...parts) => new LlamaCppScheduler(...parts)),
};

/** An engine at rest at time 0. `random` seeds its noise and its speculation; equal seeds give equal traces. */
export function createEngine(spec: EngineSpec, random: Random, options: EngineOptions): Engine {
  return CREATE[spec.dialect](spec, random, options);
}
