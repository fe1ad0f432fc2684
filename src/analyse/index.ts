export { withSimulatedGains } from "./advice/simulated.ts";
export type { StackChange } from "./advice/types.ts";
export { GENERATOR_BOUNDS } from "./bounds.ts";
export {
  type ComparedFigure,
  type CompareOptions,
  type Comparison,
  compareRuns,
  comparisonJsonSchema,
} from "./compare/index.ts";
export { type Bins, binsOf } from "./facts/bins.ts";
export { expectedPeak } from "./facts/planned.ts";
export { readFacts } from "./facts/read.ts";
export { readServers } from "./facts/servers.ts";
export type { ServerSeries } from "./facts/types.ts";
export { LiveThresholds, type WatchedPlan } from "./live-thresholds.ts";
export { MEASURES, type MeasureEntry } from "./measures.ts";
export {
  type Answer,
  answerOf,
  type Dimension,
  type Found,
  type FoundProbe,
  foundJsonSchema,
  type LimitEvidence,
  nextStep,
  type ProbeSeen,
  ProbeWatch,
  readProbe,
  type SearchLimit,
  type SearchSettings,
  searchLimits,
  wordOf,
} from "./search/index.ts";
export { type SummariseOptions, summarise } from "./summarise.ts";
export { summaryJsonSchema } from "./summary-json-schema.ts";
export { type Group, type MetricSummary, type StackPart, type Summary, summarySchema } from "./summary-schema.ts";
export { concludeRun } from "./verdict/conclude.ts";
export { findingsJsonSchema } from "./verdict/json-schema.ts";
export { partNames } from "./verdict/part-names.ts";
export {
  type Advice,
  type Evidence,
  type Finding,
  type Lack,
  type LimitLine,
  type LoadLine,
  type Verdict,
  verdictSchema,
} from "./verdict/schema.ts";
