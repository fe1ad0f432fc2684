import type { Warning } from "../../base/index.ts";
import type { Plan, PublicPlan, Target } from "../../plan/index.ts";
import type { PromptsFound } from "../../workload/index.ts";
import type { Estimate } from "./estimate.ts";
import type { LengthReached } from "./lengths.ts";
import { regionsText } from "./regions.ts";
import type { ReplayReport } from "./replays.ts";
import type { Reuse } from "./reuse.ts";

/** What was found out about what the users ask. */
export interface Asked {
  readonly prompts: readonly PromptsFound[];
  readonly lengths: readonly LengthReached[];
  readonly reuse: Reuse;
}

/** What `plimsoll check --json` prints. */
export interface CheckReport {
  readonly plan: { readonly name: string; readonly seed: number };
  readonly target: Pick<Target, "url" | "protocol" | "method"> & { readonly model?: string };
  readonly estimate: Estimate;
  readonly asked: Asked;
  /** Stages that replay a trace. */
  readonly replays: readonly ReplayReport[];
  /** Where users are, a sentence each. */
  readonly regions: readonly string[];
  readonly slo: readonly string[];
  readonly budget: Plan["budget"];
  readonly guards: Plan["guards"];
  readonly generator: Plan["generator"];
  readonly observe: Plan["observe"];
  readonly export: Plan["export"];
  /** What the plan leaves out, and what it gets. */
  readonly defaults: readonly { readonly path: string; readonly value: string }[];
  readonly warnings: readonly Warning[];
}

export function checkReport(
  plan: PublicPlan,
  estimate: Estimate,
  asked: Asked,
  defaults: CheckReport["defaults"],
  warnings: readonly Warning[],
  replays: CheckReport["replays"] = [],
): CheckReport {
  const { url, protocol, method, model } = plan.target;
  return {
    plan: { name: plan.name, seed: plan.seed },
    target: { url, protocol, method, ...(model === undefined ? {} : { model }) },
    estimate,
    asked,
    replays,
    regions: regionsText(plan.workload),
    slo: plan.slo.map((threshold) => threshold.expression),
    budget: plan.budget,
    guards: plan.guards,
    generator: plan.generator,
    observe: plan.observe,
    export: plan.export,
    defaults,
    warnings,
  };
}
