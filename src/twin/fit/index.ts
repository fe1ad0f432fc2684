export { engineYaml } from "./engine-file.ts";
export { type Evidence, type EvidenceRequest, readEvidence } from "./evidence.ts";
export { type FitOptions, type FitResult, fit, type PartReport } from "./fit.ts";
export type { Combination, Estimate, Identification } from "./identify.ts";
export { PARAMETERS } from "./parameters.ts";
export type { TimeUnit } from "./requests.ts";
export type { EngineSettings, Observations } from "./types.ts";
