export type { TimeUnit } from "./clocks.ts";
export { compare } from "./compare.ts";
export { engineYaml } from "./engine-file.ts";
export { type Evidence, type EvidenceRequest, readEvidence } from "./evidence.ts";
export { type FitOptions, type FitResult, fitEngine, type PartReport } from "./fit.ts";
export type { Combination, Estimate, Identification } from "./identify.ts";
export type { Measure } from "./measures.ts";
export { PARAMETERS } from "./parameters.ts";
export type { EngineSettings, Episode, Observations } from "./types.ts";
