import { createRequire } from "node:module";
import { type Plan, planHash, publicPlan } from "../plan/index.ts";
import { type RunManifest, runManifestSchema } from "../record/index.ts";
import type { Workload } from "../workload/index.ts";

export interface ManifestFacts {
  readonly id: string;
  readonly startedAt: Date;
  readonly workers: number;
  readonly calledAs: string | undefined;
}

/** Version of this package, from its own package.json. */
export function plimsollVersion(): string {
  const { version } = createRequire(import.meta.url)("plimsoll/package.json") as { version: string };
  return version;
}

/** Arrivals that are counted one by one; beyond, drawing them all would delay the run's start. */
const MOST_COUNTED = 2_000_000;

/**
 * Sessions that each stage calls for; null in a closed stage whose users keep no rate. Those that the seed draws, not those expected, so that a random process is not
 * mistaken for a generator that delivers too little; a plan of more than two million sessions gets the expected number.
 */
export function askedByStage(plan: Plan, workload: Workload): (number | null)[] {
  const expected = plan.stages.map((stage) => workload.expectedSessions(stage.from, stage.from + stage.duration));
  const asked = expected.reduce((sum, count) => sum + count, 0) > MOST_COUNTED ? expected : expected.map(() => 0);
  if (asked !== expected) {
    for (const { stage } of workload.arrivals()) asked[stage] = (asked[stage] ?? 0) + 1;
  }
  return plan.stages.map(({ unit, rate, duration }, i) => {
    if (unit !== "users") return asked[i] ?? 0;
    return rate === undefined ? null : (rate * duration) / 1000;
  });
}

/** What `plan.json` says: the plan without its secrets, and what the run adds to it. */
export function manifestOf(plan: Plan, workload: Workload, facts: ManifestFacts): RunManifest {
  const run = {
    schema: "plimsoll/run/1",
    id: facts.id,
    plimsoll: plimsollVersion(),
    startedAt: facts.startedAt.toISOString(),
    hash: planHash(plan),
    asked: askedByStage(plan, workload),
    workers: facts.workers,
    ...(facts.calledAs === undefined ? {} : { calledAs: facts.calledAs }),
  };
  return runManifestSchema.parse({ ...publicPlan(plan), run });
}
