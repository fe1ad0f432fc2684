import { z } from "zod";
import type { LoadPart } from "../../plan/index.ts";
import type { RunManifest } from "../../record/index.ts";
import { timelineOf } from "../../workload/index.ts";
import { type Bins, columnOf } from "./bins.ts";
import type { Column, StageFacts } from "./types.ts";

const placed = { at: z.number(), for: z.number() };
const loadPart = z.discriminatedUnion("shape", [
  z.object({ shape: z.literal("hold"), value: z.number(), ...placed }),
  z.object({
    shape: z.literal("ramp"),
    from: z.number(),
    to: z.number(),
    curve: z.enum(["linear", "exponential"]),
    ...placed,
  }),
  z.object({ shape: z.literal("steps"), from: z.number(), to: z.number(), count: z.number(), ...placed }),
  z.object({ shape: z.literal("spike"), value: z.number(), rise: z.number(), ...placed }),
  z.object({ shape: z.literal("sine"), amplitude: z.number(), period: z.number(), phase: z.number(), ...placed }),
  z.object({ shape: z.literal("surge"), value: z.number(), rise: z.number(), half: z.number(), ...placed }),
  z.object({
    shape: z.literal("week"),
    mean: z.number(),
    swing: z.number(),
    peak: z.number(),
    weekend: z.number(),
    begin: z.number(),
    pace: z.number(),
    ...placed,
  }),
  z.object({ shape: z.literal("series"), every: z.number(), values: z.array(z.number()), ...placed }),
]) satisfies z.ZodType<LoadPart>;
const stageLoad = z.array(loadPart);
const expected = z.object({ peak: z.object({ value: z.number(), unit: z.enum(["sessions/s", "users"]) }) });

export type ExpectedPeak = z.infer<typeof expected>["peak"];

/** The plan's `expect.peak`; undefined where the plan has none. */
export function expectedPeak(manifest: RunManifest): ExpectedPeak | undefined {
  const parsed = expected.safeParse(manifest.expect);
  return parsed.success ? parsed.data.peak : undefined;
}

export interface Planned {
  readonly stages: readonly StageFacts[];
  readonly asked: Column;
}

/** Loads that differ by less, as a share, are the same. */
const SAME = 1e-6;

/**
 * What the plan asks for, bin by bin, each bin in the unit of the stage that holds its middle; NaN outside the stages, and where a folder does
 * not tell its stages' loads. `endAt`: ms at which the run stopped asking.
 */
export function plannedLoad(manifest: RunManifest, bins: Bins, endAt: number): Planned {
  const { width, count } = bins;
  const stages = manifest.stages.map((stage) => {
    const load = stageLoad.safeParse(stage.load);
    return { ...stage, load: load.success ? load.data : undefined };
  });
  const known = stages.flatMap((stage) => (stage.load === undefined ? [] : [{ ...stage, load: stage.load }]));
  const timelines = { "sessions/s": timelineOf(known, "sessions/s"), users: timelineOf(known, "users") };
  const asked = columnOf(bins, Number.NaN);
  const facts = stages.map(({ name, kind, unit, from, duration, load }): StageFacts => {
    const to = Math.min(from + duration, endAt);
    const bin = (at: number): number => Math.min(count, Math.max(0, Math.round(at / width)));
    const [first, last] = [bin(from), Math.max(bin(from), bin(to))];
    let [sum, peak, least] = [0, 0, Number.POSITIVE_INFINITY];
    for (let i = first; i < last; i++) {
      const [begin, end] = [Math.max(from, i * width), Math.min(from + duration, (i + 1) * width)];
      const { totalAt } = timelines[unit];
      const value =
        load === undefined || end <= begin ? Number.NaN : ((totalAt(end) - totalAt(begin)) / (end - begin)) * 1000;
      asked[i] = value;
      sum += value;
      peak = Math.max(peak, value);
      least = Math.min(least, value);
    }
    const mean = last > first ? sum / (last - first) : Number.NaN;
    return { name, kind, unit, from: first, to: last, isSteady: peak - least <= SAME * peak, mean, peak };
  });
  return { stages: facts, asked };
}
