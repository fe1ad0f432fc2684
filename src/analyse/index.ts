export { GENERATOR_BOUNDS } from "./bounds.ts";
export { CAUSES, type Cause } from "./ending.ts";
export { LiveThresholds, type WatchedPlan } from "./live-thresholds.ts";
export { MEASURES, type MeasureEntry } from "./measures.ts";
export { type SummariseOptions, summarise } from "./summarise.ts";
export { summaryJsonSchema } from "./summary-json-schema.ts";
export { type Group, groupSchema, type MetricSummary, type Summary, summarySchema } from "./summary-schema.ts";
