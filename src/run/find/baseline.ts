import type { Summary } from "../../analyse/index.ts";
import { EXIT, PlimsollError } from "../../base/index.ts";
import type { Plan, Stage, Threshold } from "../../plan/index.ts";

/** Measures in one run what limits relative to a baseline are relative to, and writes them as values; the plan itself where it has none. */
export async function withBaseline(plan: Plan, play: (plan: Plan) => Promise<Summary>, runs: string): Promise<Plan> {
  const relative = plan.slo.filter(({ limit }) => limit.kind === "baseline");
  const stage = plan.stages.find(({ kind }) => kind === "baseline") ?? plan.stages.find(({ kind }) => kind === "rest");
  if (relative.length === 0 || stage === undefined) return plan;
  const summary = await play({
    ...plan,
    name: `${plan.name} at its baseline`,
    runs,
    stages: [{ ...stage, from: 0 }],
    slo: relative.map((threshold) => unlimited(threshold, stage)),
  });
  const measured = new Map(relative.map((threshold, i) => [threshold, summary.thresholds[i]]));
  const faults = relative.flatMap((threshold) => {
    const seen = measured.get(threshold);
    if (seen?.observed !== undefined) return [];
    return [
      {
        code: "FIND_NO_BASELINE",
        path: "slo",
        message: `${threshold.expression} has no baseline: ${seen?.why ?? "nothing was measured"}.`,
        hint: `Make the stage ${stage.name} longer, or write the limit as a number.`,
      },
    ];
  });
  if (faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  return {
    ...plan,
    slo: plan.slo.map((threshold): Threshold => {
      const observed = measured.get(threshold)?.observed;
      if (threshold.limit.kind !== "baseline" || observed === undefined) return threshold;
      return { ...threshold, limit: { kind: "value", value: observed * threshold.limit.factor } };
    }),
  };
}

/** A threshold that measures, and is never crossed. */
function unlimited(threshold: Threshold, stage: Stage): Threshold {
  return {
    ...threshold,
    filters: { ...threshold.filters, stage: stage.name },
    operator: ">=",
    limit: { kind: "value", value: 0 },
    abortOnFail: false,
  };
}
