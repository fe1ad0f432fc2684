export { audioTokens, imageTokens } from "./answers/index.ts";
export { type EnginePreset, PRESET_NAMES, presetNamed, stepMs } from "./engine/index.ts";
export {
  type Combination,
  compare,
  type Episode,
  type Estimate,
  type Evidence,
  type EvidenceRequest,
  engineYaml,
  type FitOptions,
  type FitProgress,
  type FitResult,
  fitEngine,
  fitInBackground,
  type Measure,
  PARAMETERS,
  type PartReport,
  readEvidence,
} from "./fit/index.ts";
export {
  type LiveTwin,
  type ServeOptions,
  type ServeReport,
  serveTwin,
  spawnTwin,
  type TwinProcess,
} from "./live/index.ts";
export { PACED_DEFAULTS } from "./paced/options.ts";
export { startPaced } from "./paced/server.ts";
export { findingsOf, type ProbeFindings, type ProbeRequest, type ProbeResult, probeEngine } from "./probe/index.ts";
export {
  checkModel,
  type Dealing,
  dealingOf,
  planClient,
  type SimulatedClient,
  type SimulatedRequest,
  simulateRequests,
  stackHash,
} from "./simulate/index.ts";
export {
  buildStack,
  readStack,
  resolveStack,
  type Stack,
  type StackGauge,
  type StackSpec,
  stackJsonSchema,
  VirtualKernel,
} from "./stack/index.ts";
export type { Kernel, Timer } from "./stack/types.ts";
export { applyWeaknesses, fittingWeaknesses, WEAKNESSES, type Weakness } from "./weaknesses/index.ts";
