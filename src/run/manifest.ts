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

/** What `plan.json` says: the plan without its secrets, and what the run adds to it. */
export function manifestOf(plan: Plan, workload: Workload, facts: ManifestFacts): RunManifest {
  const run = {
    schema: "plimsoll/run/1",
    id: facts.id,
    plimsoll: plimsollVersion(),
    startedAt: facts.startedAt.toISOString(),
    hash: planHash(plan),
    asked: plan.stages.map((stage) =>
      stage.unit === "users" ? null : workload.expectedSessions(stage.from, stage.from + stage.duration),
    ),
    workers: facts.workers,
    ...(facts.calledAs === undefined ? {} : { calledAs: facts.calledAs }),
  };
  return runManifestSchema.parse({ ...publicPlan(plan), run });
}
