import { type PresetDistance, presetDistances, type TraceStatistics } from "../../traces/index.ts";

/** What `plimsoll describe --json` prints. */
export interface TraceReport extends TraceStatistics {
  readonly schema: "plimsoll/trace/1";
  readonly file: string;
  /** Every preset of traffic, the nearest first. */
  readonly presets: readonly PresetDistance[];
}

export function traceReport(file: string, statistics: TraceStatistics): TraceReport {
  return { schema: "plimsoll/trace/1", file, ...statistics, presets: presetDistances(statistics) };
}
