import { join } from "node:path";
import { concludeRun, type Summary, summarise } from "../analyse/index.ts";
import { avoidIdleCompaction, type Clock, clockSince, monotonicMs, redactor, type Warning } from "../base/index.ts";
import { Crew, calibrationServer } from "../load/index.ts";
import { type Exporter, type Observer, type ObserverEvents, startObserver } from "../observe/index.ts";
import { assertMayLoad, loadHooks, type Plan } from "../plan/index.ts";
import { probeConnect } from "../protocols/index.ts";
import { createRunFolder, type Recorder, startRecorder, writeJsonFile, writeManifest } from "../record/index.ts";
import { loadWorkload, type Workload } from "../workload/index.ts";
import { Conductor } from "./conductor.ts";
import { startRunExport } from "./export.ts";
import { checkFileDescriptors, openFileLimit } from "./file-descriptors.ts";
import { manifestOf } from "./manifest.ts";
import { noiseSeries } from "./series.ts";
import type { RunOptions } from "./types.ts";
import { warn } from "./warn.ts";
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
  // What is wrong with the file is told before anything is loaded; each worker has functions of its own.
  if (plan.hooks !== undefined) await loadHooks(plan.hooks.file);
  const workers = workerCount(plan);
  const sockets = { least: workload.maxClosedUsers, most: plan.target.connections.max };
  const warnings = [...checkFileDescriptors(sockets, openFileLimit()), ...sharedCapWarnings(plan, workers)];
  await probeConnect(plan.target);
  avoidIdleCompaction();
  const startedAt = new Date();
  const folder = createRunFolder(plan.runs, plan.name, startedAt);
  options.onFolder?.(folder.path);
  const manifest = manifestOf(plan, workload, { id: folder.id, startedAt, workers, calledAs: options.calledAs });
  await writeManifest(folder.path, manifest, redactor(plan.secrets));
  const recorder = await startRecorder({ folder, plan, workers, redactSecrets: plan.secrets });
  let at = (): number => 0;
  const onZero = (clock: Clock): void => {
    at = () => clock.now();
  };
  const exporter = await startRunExport(plan, { id: folder.id, startedAt }, (warning) =>
    warn(warning, recorder, at(), options),
  );
  if (exporter?.url !== undefined) options.onEndpoint?.(exporter.url);
  try {
    // Its baseline lies before the first request, and its thread has started before the workers measure how quiet the machine is.
    const observer = await startObserver(plan, recordObserved(recorder, exporter));
    try {
      await drive({ plan, workload, recorder, observer, exporter, workers, options, startedAt, warnings, onZero });
    } finally {
      await observer.stop();
    }
  } finally {
    await exporter?.close();
    await recorder.close();
  }
  const summary = await summarise(folder.path);
  const redact = redactor(plan.secrets);
  await writeJsonFile(join(folder.path, "summary.json"), summary, redact);
  const verdict = await concludeRun(folder.path, summary);
  await writeJsonFile(join(folder.path, "findings.json"), verdict, redact);
  options.onVerdict?.(verdict);
  return summary;
}

function recordObserved(recorder: Recorder, exporter: Exporter | undefined): ObserverEvents {
  return {
    points: (points) => {
      recorder.series(points);
      exporter?.observed(points);
    },
    event: ({ at, name, detail }) => recorder.event({ at, kind: "observe", name, detail }),
  };
}

interface Drive {
  readonly plan: Plan;
  readonly workload: Workload;
  readonly recorder: Recorder;
  readonly observer: Observer;
  readonly exporter: Exporter | undefined;
  readonly workers: number;
  readonly options: RunOptions;
  readonly startedAt: Date;
  readonly warnings: readonly Warning[];
  /** Told when the run's zero is known. */
  readonly onZero: (clock: Clock) => void;
}

/** From the workers' start to their end; what happened is with the recorder. */
async function drive(parts: Drive): Promise<void> {
  const { plan, workload, recorder, observer, exporter, workers, options, startedAt, warnings } = parts;
  const server = await calibrationServer();
  const crew = new Crew({ plan, workers, ports: recorder.ports, calibration: server.url });
  try {
    const calibrations = await crew.ready().finally(() => server.close());
    const epoch = monotonicMs() + HEAD_START;
    const clock = clockSince(epoch);
    parts.onZero(clock);
    recorder.event({ at: 0, kind: "run", name: "start", detail: { startedAt: startedAt.toISOString(), workers } });
    recorder.series(calibrations.flatMap(noiseSeries));
    for (const warning of warnings) warn(warning, recorder, 0, options);
    const conductor = new Conductor({ plan, workload, crew, recorder, clock, exporter, options });
    crew.go(epoch);
    observer.go(epoch);
    const end = await conductor.drive();
    const at = clock.now();
    await observer.stop();
    recorder.event({ at, kind: "end", name: end.cause, detail: end });
  } finally {
    await crew.terminate();
  }
}
