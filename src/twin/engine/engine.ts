import type { Random } from "../../base/index.ts";
import { ReferenceEngine } from "./test/reference-engine.ts";
import type { Engine, EngineOptions, EngineSpec } from "./types.ts";

/** An engine at rest at time 0. `random` seeds its noise and its speculation; equal seeds give equal traces. */
export function createEngine(spec: EngineSpec, random: Random, options: EngineOptions): Engine {
  return new ReferenceEngine(spec, random, options);
}
