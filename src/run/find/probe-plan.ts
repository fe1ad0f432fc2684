import type { SearchLimit } from "../../analyse/index.ts";
import {
  type Budget,
  formatThreshold,
  type Plan,
  type Stage,
  type StageUnit,
  type Threshold,
} from "../../plan/index.ts";
import type { DimensionEntry } from "./dimensions.ts";
import { replayAt } from "./replay-probe.ts";

/** The stage of a probe that is judged; the one before it only brings the target to its balance. */
export const PROBE_STAGE = "probe";
const WARM_UP = "warm-up";

export interface ProbeShape {
  readonly dimension: DimensionEntry;
  /** The load, where the dimension is none. */
  readonly at: { readonly value: number; readonly unit: StageUnit } | undefined;
  /** ms */
  readonly warmUp: number;
  readonly most: number;
}

/**
 * The plan of one probe: the workload of the plan at one constant load, judged by the limits that a load can break. A plan that replays a trace is
 * probed with the trace, at as many copies of it or so much of it as make that load in the mean.
 */
export function probePlan(
  plan: Plan,
  { dimension, at, warmUp, most }: ProbeShape,
  limits: readonly SearchLimit[],
  probe: { readonly load: number; readonly seed: number; readonly runs: string; readonly budget: Budget },
): Plan {
  const load =
    dimension.load === undefined
      ? (at ?? { value: 0, unit: "sessions/s" as const })
      : { value: probe.load, unit: dimension.load };
  const replay = dimension.name === "rate" ? plan.stages.find((each) => each.replay !== undefined)?.replay : undefined;
  const stage = (name: string, from: number, duration: number): Stage =>
    replay === undefined
      ? {
          name,
          kind: "steady",
          from,
          duration,
          unit: load.unit,
          load: [{ shape: "hold", value: load.value, at: 0, for: duration }],
        }
      : replayAt(replay, load.value, probe.seed, { name, from, duration });
  const warm = warmUp > 0 ? [stage(WARM_UP, 0, warmUp)] : [];
  return {
    ...plan,
    name: `${plan.name} at ${probe.load} ${dimension.name}`,
    seed: probe.seed,
    workload: { ...plan.workload, personas: dimension.personas(plan.workload.personas, probe.load) },
    stages: [...warm, stage(PROBE_STAGE, warm[0]?.duration ?? 0, most)],
    slo: limits.map(({ threshold }) => ofProbe(threshold)),
    budget: probe.budget,
    runs: probe.runs,
  };
}

function ofProbe(threshold: Threshold): Threshold {
  const moved = { ...threshold, filters: { ...threshold.filters, stage: PROBE_STAGE }, abortOnFail: false };
  return { ...moved, expression: formatThreshold(moved) };
}
