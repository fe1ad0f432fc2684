import { join } from "node:path";
import { concludeRun, type Summary, summarise, type Verdict } from "../../analyse/index.ts";
import { type Clock, redactor } from "../../base/index.ts";
import { Board } from "../../load/index.ts";
import { type Hooks, loadHooks, type Plan } from "../../plan/index.ts";
import { createRunFolder, type Recorder, startRecorder, writeJsonFile, writeManifest } from "../../record/index.ts";
import { checkModel, type Dealing, type StackSpec, stackHash } from "../../twin/index.ts";
import { loadWorkload, type Workload } from "../../workload/index.ts";
import { manifestOf } from "../manifest.ts";
import { warn } from "../warn.ts";
import { SimulationConductor } from "./conductor.ts";
import { ManyWorlds } from "./many-worlds.ts";
import { notObserved } from "./not-observed.ts";
import { dealtOut, threadCount } from "./split.ts";
import type { SimulateOptions, SimulationFacts } from "./types.ts";
import { World } from "./world.ts";
import type { Worlds } from "./worlds.ts";

export interface Simulated {
  readonly summary: Summary;
  /** What `findings.json` says. */
  readonly verdict: Verdict;
  readonly facts: SimulationFacts;
}

/** See `simulate` in door.ts. */
export async function simulatePlan(plan: Plan, spec: StackSpec, options: SimulateOptions): Promise<Simulated> {
  checkModel(plan.target, spec);
  const workload = loadWorkload(plan);
  const hooks = plan.hooks === undefined ? undefined : await loadHooks(plan.hooks.file);
  const dealing = dealtOut(plan, spec);
  const { count: threads, why } = threadCount(plan, dealing);
  const startedAt = new Date();
  const folder = createRunFolder(plan.runs, plan.name, startedAt);
  options.onFolder?.(folder.path);
  const redact = redactor(plan.secrets);
  const fastForward = options.fastForward ?? true;
  const facts = { id: folder.id, startedAt, workers: threads, calledAs: options.calledAs };
  const manifest = manifestOf(plan, workload, facts);
  const simulated = {
    stack: spec.name,
    hash: stackHash(spec),
    seed: spec.seed,
    weaknesses: [...(options.weaknesses ?? [])],
    fastForward,
    threads,
    parts: [...spec.parts].map(([name, { kind }]) => ({ name, kind })),
  };
  await writeManifest(folder.path, { ...manifest, run: { ...manifest.run, simulated } }, redact);
  const recorder = await startRecorder({ folder, plan, workers: threads, redactSecrets: plan.secrets });
  const clock = wallClock();
  let virtual = 0;
  try {
    virtual = await drive({ plan, hooks, workload, spec, dealing, threads, recorder, options, startedAt, fastForward });
  } finally {
    await recorder.close();
  }
  const wall = clock.now();
  const summary = await summarise(folder.path);
  await writeJsonFile(join(folder.path, "summary.json"), summary, redact);
  const verdict = await concludeRun(folder.path, summary);
  await writeJsonFile(join(folder.path, "findings.json"), verdict, redact);
  return { summary, verdict, facts: { virtual, wall, summarising: clock.now() - wall, threads, why } };
}

function wallClock(): Clock {
  const begun = performance.now();
  return { now: () => performance.now() - begun };
}

interface Drive {
  readonly plan: Plan;
  readonly hooks: Hooks | undefined;
  readonly workload: Workload;
  readonly spec: StackSpec;
  readonly dealing: Dealing | { readonly why: string };
  readonly threads: number;
  readonly recorder: Recorder;
  readonly options: SimulateOptions;
  readonly startedAt: Date;
  readonly fastForward: boolean;
}

/** From the first virtual second to the last answer; resolves to the virtual ms that passed. */
async function drive({ startedAt, options, ...parts }: Drive): Promise<number> {
  const { plan, workload, threads, recorder } = parts;
  recorder.event({
    at: 0,
    kind: "run",
    name: "start",
    detail: { startedAt: startedAt.toISOString(), workers: threads },
  });
  const left = notObserved(plan);
  if (left !== undefined) warn(left, recorder, 0, options);
  const board = new Board(threads);
  const many = threads > 1 ? new ManyWorlds({ ...worldParts(parts), board, ports: recorder.ports }) : undefined;
  try {
    const world = many ?? single(parts, board);
    const end = await new SimulationConductor({ plan, workload, world, board, recorder, options }).drive();
    const { now } = world;
    recorder.event({ at: now, kind: "end", name: end.cause, detail: end });
    await world.close();
    return now;
  } finally {
    await many?.terminate();
  }
}

type Parts = Omit<Drive, "startedAt" | "options">;

function worldParts({ plan, spec, fastForward, recorder, hooks }: Parts) {
  const event: Recorder["event"] = (told) => recorder.event(told);
  return { plan, spec, fastForward, event, hooks };
}

function single(parts: Parts, board: Board): Worlds {
  const { workload, recorder, dealing } = parts;
  const [port] = recorder.ports;
  if (port === undefined) throw new RangeError("the recorder has no port for the simulation");
  const dealt = "why" in dealing ? {} : { spec: dealing.spec, dealing };
  const shared = { dealing: undefined, ...worldParts(parts), ...dealt };
  return new World({ ...shared, workload, board, recorder: port, thread: 0, threads: 1 });
}
