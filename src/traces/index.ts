export { traceColumns, traceColumnsSchema } from "./columns-schema.ts";
export { FORMAT_NAMES } from "./formats/table.ts";
export type { TraceSource } from "./parser.ts";
export { type PresetDistance, presetDistances } from "./presets/nearest.ts";
export { type TrafficPreset, trafficPreset, trafficPresets } from "./presets/table.ts";
export {
  burstiness,
  type ReplaySettings,
  type Schedule,
  type Start,
  schedule,
  startAt,
  startsBySteps,
  startsOf,
} from "./replay/schedule.ts";
export type { TraceTable } from "./replay/table.ts";
export type { LengthHistogram, TraceStatistics } from "./statistics/describe.ts";
export { LENGTH_PERCENTILES, type LengthPercentile, type LengthStatistics } from "./statistics/lengths.ts";
export type { RateStatistics } from "./statistics/rates.ts";
export { describeTrace, type TraceCut } from "./statistics/read.ts";
export type { TimeUnit, TraceColumns, TurnLengths } from "./types.ts";
