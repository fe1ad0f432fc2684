import { availableParallelism } from "node:os";
import type { Plan } from "../plan/index.ts";

/** Cores left to the conductor, the recorder and whatever else runs here, the target of a local test included. */
const LEFT_FREE = 1;

/**
 * Load workers for a plan: what it asks for, else one a core less one, and never more than the users or sockets that are to be dealt
 * out, since every worker needs at least one of each.
 */
export function workerCount(plan: Plan, cores = availableParallelism()): number {
  const wanted = plan.generator.workers > 0 ? plan.generator.workers : Math.max(1, cores - LEFT_FREE);
  return Math.max(1, Math.min(wanted, plan.workload.maxUsers ?? wanted, plan.target.connections.max));
}
