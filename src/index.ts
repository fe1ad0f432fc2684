import type { Summary } from "./analyse/index.ts";
import type { Hooks, Plan, PlanInput, ReadOptions } from "./plan/index.ts";
import type { RunOptions } from "./run/index.ts";

export type { Summary } from "./analyse/index.ts";
export { type Fault, PlimsollError, type Warning } from "./base/index.ts";
export type {
  HookAnswer,
  HookRequest,
  HookSession,
  Hooks,
  HookTurn,
  Plan,
  PlanInput,
  ReadOptions,
} from "./plan/index.ts";
export type { Progress, RunOptions } from "./run/index.ts";

/** Gives a plan in TypeScript its types; returns it as it is. */
export function definePlan(plan: PlanInput): PlanInput {
  return plan;
}

/** Gives hooks in TypeScript their types; returns them as they are. */
export function defineHooks(hooks: Hooks): Hooks {
  return hooks;
}

/**
 * Runs a plan: as written, already resolved, or the path of its file. Resolves to the summary, whatever the verdict. Rejects with a
 * PlimsollError where nothing was loaded: the plan is invalid (exit code 104), the target out of reach (122), or the target is
 * not on this machine and the owner's word (`iOwnThisTarget`) is missing (104).
 */
export async function run(plan: PlanInput | Plan | string, options: RunOptions & ReadOptions = {}): Promise<Summary> {
  const [{ readPlan, resolvePlan }, conductor] = await Promise.all([
    import("./plan/index.ts"),
    import("./run/index.ts"),
  ]);
  if (typeof plan === "string") {
    const { plan: read, warnings } = await readPlan(plan, options);
    for (const warning of warnings) options.onWarning?.(warning);
    return conductor.run(read, options);
  }
  if ("secrets" in plan) return conductor.run(plan, options);
  const { plan: resolved, warnings } = resolvePlan(plan, options);
  for (const warning of warnings) options.onWarning?.(warning);
  return conductor.run(resolved, options);
}
