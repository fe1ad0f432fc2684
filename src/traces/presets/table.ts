import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const percentiles = z.partialRecord(z.enum(["p10", "p25", "p50", "p75", "p90", "p95", "p99"]), z.number().positive());

const preset = z.strictObject({
  name: z.string().min(1),
  title: z.string().min(1),
  /** Where its numbers come from, and which of them are estimates. */
  source: z.string().min(1),
  /** Requests a second of what was recorded, or an estimate of it. */
  rate: z.number().positive(),
  statistics: z.strictObject({
    /** Of the gaps between requests. */
    cv: z.number().positive().optional(),
    idc: z.partialRecord(z.enum(["1s", "10s", "60s"]), z.number().positive()).optional(),
    /** Tokens. */
    input: percentiles,
    output: percentiles,
  }),
  /** `workload` as a plan writes it. */
  workload: z.record(z.string(), z.json()),
  /** `stages` as a plan writes them, for a plan that has none. */
  stages: z.array(z.json()).optional(),
});

const table = z.strictObject({
  schema: z.literal("plimsoll/traffic-presets/1"),
  about: z.string(),
  presets: z.array(preset).min(1),
});

export type TrafficPreset = z.output<typeof preset>;

/** The table ships beside the sources and the build alike. */
const FILE = fileURLToPath(new URL("../../../data/traffic-presets.json", import.meta.url));

let read: readonly TrafficPreset[] | undefined;

/** Traffic in numbers, from recorded traces. */
export function trafficPresets(): readonly TrafficPreset[] {
  read ??= table.parse(JSON.parse(readFileSync(FILE, "utf8"))).presets;
  return read;
}

export function trafficPreset(name: string): TrafficPreset | undefined {
  return trafficPresets().find((entry) => entry.name === name);
}
