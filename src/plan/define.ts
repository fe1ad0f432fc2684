import type { PlanInput } from "./schema/plan.ts";

/** Gives a plan in TypeScript its types; returns it as it is. */
export function definePlan(plan: PlanInput): PlanInput {
  return plan;
}
