export { type Group, groupSchema, type MetricSummary, type Summary, summarySchema } from "./summary-schema.ts";
