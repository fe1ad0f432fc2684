import { join } from "node:path";
import { type Summary, summarise } from "../../analyse/index.ts";
import { type Clock, redactor } from "../../base/index.ts";
import type { Plan } from "../../plan/index.ts";
import { createRunFolder, type Recorder, startRecorder, writeJsonFile, writeManifest } from "../../record/index.ts";
import { checkModel, type StackSpec, stackHash } from "../../twin/index.ts";
import { loadWorkload, type Workload } from "../../workload/index.ts";
import { manifestOf } from "../manifest.ts";
import { SimulationConductor } from "./conductor.ts";
import type { SimulateOptions, SimulationFacts } from "./types.ts";
import { World } from "./world.ts";

export interface Simulated {
  readonly summary: Summary;
  readonly facts: SimulationFacts;
}

/** See `simulate` in door.ts. */
export async function simulatePlan(plan: Plan, spec: StackSpec, options: SimulateOptions): Promise<Simulated> {
  checkModel(plan.target, spec);
  const workload = loadWorkload(plan);
  const startedAt = new Date();
  const folder = createRunFolder(plan.runs, plan.name, startedAt);
  options.onFolder?.(folder.path);
  const redact = redactor(plan.secrets);
  const fastForward = options.fastForward ?? true;
  const manifest = manifestOf(plan, workload, { id: folder.id, startedAt, workers: 1, calledAs: options.calledAs });
  const simulated = {
    stack: spec.name,
    hash: stackHash(spec),
    seed: spec.seed,
    weaknesses: [...(options.weaknesses ?? [])],
    fastForward,
    threads: 1,
  };
  await writeManifest(folder.path, { ...manifest, run: { ...manifest.run, simulated } }, redact);
  const recorder = await startRecorder({ folder, plan, workers: 1, redactSecrets: plan.secrets });
  const clock = wallClock();
  let virtual = 0;
  try {
    virtual = await drive({ plan, workload, spec, recorder, options, startedAt, fastForward });
  } finally {
    await recorder.close();
  }
  const wall = clock.now();
  const summary = await summarise(folder.path);
  await writeJsonFile(join(folder.path, "summary.json"), summary, redact);
  return { summary, facts: { virtual, wall, summarising: clock.now() - wall, threads: 1, why: "" } };
}

function wallClock(): Clock {
  const begun = performance.now();
  return { now: () => performance.now() - begun };
}

interface Drive {
  readonly plan: Plan;
  readonly workload: Workload;
  readonly spec: StackSpec;
  readonly recorder: Recorder;
  readonly options: SimulateOptions;
  readonly startedAt: Date;
  readonly fastForward: boolean;
}

/** From the first virtual second to the last answer; resolves to the virtual ms that passed. */
async function drive({ plan, workload, spec, recorder, options, startedAt, fastForward }: Drive): Promise<number> {
  const [port] = recorder.ports;
  if (port === undefined) throw new RangeError("the recorder has no port for the simulation");
  recorder.event({ at: 0, kind: "run", name: "start", detail: { startedAt: startedAt.toISOString(), workers: 1 } });
  const event: Recorder["event"] = (told) => recorder.event(told);
  const world = new World({ plan, workload, spec, fastForward, recorder: port, event });
  const end = await new SimulationConductor({ plan, workload, world, recorder, options }).drive();
  recorder.event({ at: world.now, kind: "end", name: end.cause, detail: end });
  world.close();
  return world.now;
}
