import type { TraceStatistics } from "../statistics/describe.ts";
import { type TrafficPreset, trafficPresets } from "./table.ts";

/** How far a preset is from a trace. */
export interface PresetDistance {
  readonly name: string;
  readonly title: string;
  /** Root mean square of the natural logarithms of the ratios of what both tell: 0 is the same, 0.69 a factor of two. */
  readonly distance: number;
  /** What was compared: median and p90 of both lengths, and the gaps' coefficient of variation. */
  readonly compared: readonly { readonly what: string; readonly trace: number; readonly preset: number }[];
}

/** Every preset, the nearest first. */
export function presetDistances(trace: TraceStatistics): readonly PresetDistance[] {
  return trafficPresets()
    .map((preset) => distanceTo(trace, preset))
    .sort((a, b) => a.distance - b.distance);
}

function distanceTo(trace: TraceStatistics, { name, title, statistics }: TrafficPreset): PresetDistance {
  const { input, output, cv } = statistics;
  const pairs: readonly (readonly [what: string, trace: number | undefined, preset: number | undefined])[] = [
    ["input p50", trace.input.p50, input.p50],
    ["input p90", trace.input.p90, input.p90],
    ["output p50", trace.output.p50, output.p50],
    ["output p90", trace.output.p90, output.p90],
    ["cv", trace.rate?.cv, cv],
  ];
  const compared = pairs.flatMap(([what, ours, its]) =>
    ours !== undefined && its !== undefined && ours > 0 && its > 0 ? [{ what, trace: ours, preset: its }] : [],
  );
  const squares = compared.reduce((sum, pair) => sum + Math.log(pair.trace / pair.preset) ** 2, 0);
  return { name, title, distance: Math.sqrt(squares / compared.length), compared };
}
