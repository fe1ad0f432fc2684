import { availableParallelism } from "node:os";
import type { Persona, Plan } from "../../plan/index.ts";
import { type Dealing, dealingOf, type StackSpec } from "../../twin/index.ts";

/**
 * How a plan's sessions fall to replicas of the stack that have nothing to do with each other; else why they do not, as the end of a sentence. It does
 * not depend on the machine: the same plan and stack give the same run on any number of threads.
 */
export function dealtOut(plan: Plan, spec: StackSpec): Dealing | { readonly why: string } {
  const shared = PLAN_RULES.find(({ applies }) => applies(plan));
  if (shared !== undefined) return { why: shared.why };
  return dealingOf(spec, plan.target, plan.target.retries.count === 0 && plan.workload.personas.every(asksOnce));
}

/** What makes one session of a plan depend on others. */
const PLAN_RULES: readonly { readonly applies: (plan: Plan) => boolean; readonly why: string }[] = [
  { applies: ({ hooks }) => hooks !== undefined, why: "hooks may make sessions depend on each other" },
  {
    applies: ({ stages }) => stages.some(({ unit }) => unit === "users"),
    why: "closed users have one session after another",
  },
  {
    applies: ({ stages }) => stages.some(({ replay }) => replay !== undefined),
    why: "a trace's sessions are replayed in one thread",
  },
  {
    applies: ({ workload }) =>
      workload.personas.some(({ tabs, returns }) => tabs !== undefined || returns !== undefined),
    why: "users have several sessions",
  },
  {
    applies: ({ workload }) => workload.maxUsers !== undefined,
    why: "a cap on users makes sessions wait for each other",
  },
  { applies: ({ budget }) => Object.keys(budget).length > 0, why: "a budget is spent by all sessions together" },
  {
    applies: ({ slo }) => slo.some(({ abortOnFail }) => abortOnFail),
    why: "an aborting threshold judges all sessions together",
  },
];

/** One turn, asked for certain: a user without any patience does not ask. */
function asksOnce({ turns, patience, retry, agent, regenerate = 0, edit = 0 }: Persona): boolean {
  if (retry !== undefined || agent !== undefined || regenerate > 0 || edit > 0) return false;
  const patient = patience === undefined || patience.kind === "lognormal" || patience.kind === "exponential";
  return turns?.kind === "fixed" && turns.value === 1 && (patient || (patience.kind === "fixed" && patience.value > 0));
}

export interface Threads {
  readonly count: number;
  /** Why not more, as the end of a sentence. */
  readonly why: string;
}

/** One a core, and no more than replicas; the plan's `generator.workers` where it asks for a number. */
export function threadCount(
  plan: Plan,
  dealing: Dealing | { readonly why: string },
  cores = availableParallelism(),
): Threads {
  if ("why" in dealing) return { count: 1, why: dealing.why };
  const asked = plan.generator.workers;
  const most = asked > 0 ? asked : cores;
  if (dealing.replicas <= most) return { count: dealing.replicas, why: `there are ${dealing.replicas} replicas` };
  return { count: most, why: asked > 0 ? "the plan's generator.workers asks for no more" : `there are ${cores} cores` };
}
