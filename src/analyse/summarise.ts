import type { MetricName, Warning } from "../base/index.ts";
import type { Threshold } from "../plan/index.ts";
import { openRun, type RunManifest, type RunReader } from "../record/index.ts";
import { conclude } from "./ending.ts";
import { generatorHealth } from "./generator.ts";
import { groupSummary } from "./group-summary.ts";
import { judge, shareOf } from "./judge.ts";
import { baselineStage } from "./live-thresholds.ts";
import { type MeasureOptions, measure } from "./measure.ts";
import { rounded } from "./round.ts";
import { readEvents } from "./run-events.ts";
import type { Scope } from "./scope.ts";
import { stackParts } from "./stack.ts";
import type { Summary } from "./summary-schema.ts";
import { timing } from "./timing.ts";

export interface SummariseOptions {
  /** Warnings that are in no event, such as those of the summarising itself. */
  readonly warnings?: readonly Warning[];
}

/**
 * The summary of a run, from its folder alone. The folder may be of a run that was killed: then it is not `complete`. Throws
 * PlimsollError RUN_NOT_FOUND or RUN_UNREADABLE.
 */
export async function summarise(folder: string, options: SummariseOptions = {}): Promise<Summary> {
  const run = await openRun(folder);
  try {
    return rounded(await summariseRun(run, options));
  } finally {
    run.close();
  }
}

async function summariseRun(run: RunReader, options: SummariseOptions): Promise<Summary> {
  const { manifest } = run;
  const measurements = await measure(run, wanted(manifest.slo));
  const events = await readEvents(run);
  const time = timing(manifest, events.endAt ?? measurements.lastEnd);
  const baseline = baselineStage(manifest.stages);
  const thresholds = manifest.slo.map((threshold) => judge(threshold, { measurements, time, baseline }));
  const generator = await generatorHealth(run, measurements, events.end);
  const stack = await stackParts(run);
  const { verdict, exitCode, reasons } = conclude(events.end, thresholds, generator);
  const group = (scope: Scope): Summary["total"] => groupSummary(measurements.of(scope), scope, time);
  return {
    schema: "plimsoll/summary/1",
    run: {
      id: manifest.run.id,
      folder: run.path,
      startedAt: manifest.run.startedAt,
      duration: measurements.lastEnd,
      complete: events.endAt !== undefined,
      plimsoll: manifest.run.plimsoll,
      ...simulatedOf(manifest),
      ...distantOf(manifest),
    },
    plan: { name: manifest.name, hash: manifest.run.hash, seed: manifest.seed },
    verdict,
    exitCode,
    reasons: [...reasons],
    thresholds,
    total: group({}),
    stages: manifest.stages.map(({ name, kind, from }) => ({
      name,
      kind,
      from,
      duration: time.duration({ stage: name }),
      ...group({ stage: name }),
    })),
    personas: manifest.workload.personas.map(({ name }) => ({ name, ...group({ persona: name }) })),
    generator,
    ...(stack === undefined ? {} : { stack }),
    warnings: [...events.warnings, ...(options.warnings ?? [])],
  };
}

/** Regions of the plan whose round trips were added. */
function distantOf({ workload }: RunManifest): Pick<Summary["run"], "distant"> {
  const distant = (workload.regions ?? []).flatMap(({ name, rtt }) => (rtt === undefined ? [] : name));
  return distant.length === 0 ? {} : { distant };
}

function simulatedOf({ run }: RunManifest): Pick<Summary["run"], "simulated"> {
  if (run.simulated === undefined) return {};
  const { stack, hash, seed, weaknesses } = run.simulated;
  return { simulated: { stack, hash, seed, weaknesses } };
}

/** What the thresholds need beyond the standard figures. */
function wanted(slo: readonly Threshold[]): MeasureOptions {
  const percentiles = new Map<MetricName, number[]>();
  for (const { subject } of slo) {
    if (subject.kind !== "metric" || typeof subject.aggregate === "string") continue;
    percentiles.set(subject.metric, [
      ...(percentiles.get(subject.metric) ?? []),
      shareOf(subject.aggregate.percentile),
    ]);
  }
  return { percentiles };
}
