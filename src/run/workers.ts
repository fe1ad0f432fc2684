import { availableParallelism } from "node:os";
import type { Warning } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";

/** Cores left to the conductor, the recorder and whatever else runs here, the target of a local test included. */
const LEFT_FREE = 1;

/** Sockets a worker below which a cap on them is taken for one that is meant to bind. */
const ROOMY = 1024;

function capped(plan: Plan): boolean {
  return plan.workload.maxUsers !== undefined || plan.target.connections.max < ROOMY;
}

/** Says so when several workers share a cap, since then the result depends on their number. */
export function sharedCapWarnings(plan: Plan, workers: number): readonly Warning[] {
  if (workers === 1 || !capped(plan)) return [];
  return [
    {
      code: "CAP_SHARED",
      message: `workload.maxUsers or target.connections.max is dealt out to ${workers} workers, each with a queue of its own: what waits, waits longer than behind one queue.`,
      hint: "Leave generator.workers out, or set it to 1, for one queue.",
    },
  ];
}

/**
 * Load workers for a plan: what it asks for, else one a core less one, and never more than the users or sockets that are to be dealt
 * out, since every worker needs at least one of each. A plan whose cap is likely to make sessions or requests wait gets one worker: each worker
 * has its share of a cap and a queue of its own, and several short queues wait longer than one.
 */
export function workerCount(plan: Plan, cores = availableParallelism()): number {
  const free = capped(plan) ? 1 : Math.max(1, cores - LEFT_FREE);
  const wanted = plan.generator.workers > 0 ? plan.generator.workers : free;
  return Math.max(1, Math.min(wanted, plan.workload.maxUsers ?? wanted, plan.target.connections.max));
}
