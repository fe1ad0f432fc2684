import { trafficPreset } from "../traces/index.ts";
import { nearest } from "./did-you-mean.ts";
import { isMapping } from "./path.ts";
import type { Findings } from "./problems.ts";
import { TRAFFIC_PRESETS } from "./schema/workload.ts";

/**
 * A plan with what its `workload.preset` stands for written out. What the plan writes itself goes first: its arrivals in place of the preset's, its
 * stages too; a persona of its own gets from the preset's what it leaves out.
 */
export function withPreset(raw: unknown, findings: Findings): unknown {
  if (!isMapping(raw)) return raw;
  const workload = raw["workload"];
  if (!isMapping(workload) || workload["preset"] === undefined) return raw;
  const name = workload["preset"];
  const preset = typeof name === "string" ? trafficPreset(name) : undefined;
  if (preset === undefined) {
    const meant = typeof name === "string" ? nearest(name, TRAFFIC_PRESETS) : undefined;
    findings.fault({
      code: "PLAN_UNKNOWN_VALUE",
      path: ["workload", "preset"],
      message: "there is no such preset of traffic",
      hint: meant === undefined ? `Use one of ${TRAFFIC_PRESETS.join(", ")}.` : `Did you mean \`${meant}\`?`,
    });
    return raw;
  }
  findings.defaults.push({ path: "workload.preset", value: `${preset.name}: ${preset.title}; ${preset.source}` });
  const stages = raw["stages"] ?? preset.stages;
  return {
    ...raw,
    ...(stages === undefined ? {} : { stages }),
    workload: {
      ...preset.workload,
      ...workload,
      personas: personasOf(preset.workload["personas"], workload["personas"]),
    },
  };
}

function personasOf(preset: unknown, written: unknown): unknown {
  if (written === undefined || !Array.isArray(preset)) return written ?? preset;
  const first: unknown = preset[0];
  if (!Array.isArray(written) || !isMapping(first)) return written;
  const { name: _name, weight: _weight, ...rest } = first;
  return written.map((persona: unknown) => (isMapping(persona) ? { ...rest, ...persona } : persona));
}
