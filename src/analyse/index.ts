export { CAUSES, type Cause } from "./ending.ts";
export { GENERATOR_BOUNDS } from "./bounds.ts";
export { LiveThresholds, type WatchedPlan } from "./live-thresholds.ts";
export { type SummariseOptions, summarise } from "./summarise.ts";
export { type Group, groupSchema, type MetricSummary, type Summary, summarySchema } from "./summary-schema.ts";
