import { join } from "node:path";
import { LiveThresholds, type Summary, summarise } from "../analyse/index.ts";
import { avoidIdleCompaction, clockSince, monotonicMs, redactor } from "../base/index.ts";
import { Crew, calibrationServer } from "../load/index.ts";
import type { Plan } from "../plan/index.ts";
import { probeConnect } from "../protocols/index.ts";
import { createRunFolder, startRecorder, writeJsonFile, writeManifest } from "../record/index.ts";
import { loadWorkload } from "../workload/index.ts";
import { Conductor, warn } from "./conductor.ts";
import { checkFileDescriptors, openFileLimit } from "./file-descriptors.ts";
import { manifestOf } from "./manifest.ts";
import { assertMayLoad } from "./owner.ts";
import type { RunOptions } from "./types.ts";
import { sharedCapWarnings, workerCount } from "./workers.ts";

/** ms between the last worker's readiness and the run's zero: time for the word to reach every thread. */
const HEAD_START = 50;

/**
 * Runs one test from start to end and resolves to its summary, which is also in the run folder. Throws PlimsollError with exit code 104
 * (plan, owner's word, files), 122 (target out of reach) before anything is loaded; what happens later is in the summary's exit code.
 */
export async function run(plan: Plan, options: RunOptions = {}): Promise<Summary> {
  await assertMayLoad(plan.target.url, options.iOwnThisTarget ?? false);
  const workload = loadWorkload(plan);
  const warnings = checkFileDescriptors(
    { least: workload.maxClosedUsers, most: plan.target.connections.max },
    openFileLimit(),
  );
  await probeConnect(plan.target);
  avoidIdleCompaction();
  const startedAt = new Date();
  const folder = createRunFolder(plan.runs, plan.name, startedAt);
  options.onFolder?.(folder.path);
  const workers = workerCount(plan);
  const manifest = manifestOf(plan, workload, { id: folder.id, startedAt, workers, calledAs: options.calledAs });
  await writeManifest(folder.path, manifest, redactor(plan.secrets));
  const recorder = await startRecorder({ folder, plan, workers, redactSecrets: plan.secrets });
  const server = await calibrationServer();
  const crew = new Crew({ plan, workers, ports: recorder.ports, calibration: server.url });
  try {
    const calibrations = await crew.ready();
    const epoch = monotonicMs() + HEAD_START;
    const clock = clockSince(epoch);
    recorder.event({ at: 0, kind: "run", name: "start", detail: { startedAt: startedAt.toISOString(), workers } });
    recorder.series(
      calibrations.flatMap((calibration, worker) =>
        calibration === undefined
          ? []
          : [
              { at: 0, name: "generator.noise.p50", labels: `{worker="${worker}"}`, value: calibration.p50 },
              { at: 0, name: "generator.noise.p99", labels: `{worker="${worker}"}`, value: calibration.p99 },
            ],
      ),
    );
    for (const warning of [...warnings, ...sharedCapWarnings(plan, workers)]) warn(warning, recorder, 0, options);
    const conductor = new Conductor({
      plan,
      workload,
      crew,
      recorder,
      thresholds: new LiveThresholds(plan),
      clock,
      options,
    });
    crew.go(epoch);
    const end = await conductor.drive();
    recorder.event({ at: clock.now(), kind: "end", name: end.cause, detail: end });
  } finally {
    server.close();
    await crew.terminate();
    await recorder.close();
  }
  const summary = await summarise(folder.path);
  await writeJsonFile(join(folder.path, "summary.json"), summary, redactor(plan.secrets));
  return summary;
}
