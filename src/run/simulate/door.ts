import type { Plan } from "../../plan/index.ts";
import type { StackSpec } from "../../twin/index.ts";
import type { Simulated } from "./simulate.ts";
import type { SimulateOptions } from "./types.ts";

/**
 * Plays a plan against a stack in virtual time, into a run folder as of a live run. Throws PlimsollError with exit code 104 (plan, model, files) before
 * anything is simulated; what happens later is in the summary's exit code. The twin is loaded when it is asked for: a live run needs none of it.
 */
export async function simulate(plan: Plan, spec: StackSpec, options: SimulateOptions = {}): Promise<Simulated> {
  const { simulatePlan } = await import("./simulate.ts");
  return simulatePlan(plan, spec, options);
}
