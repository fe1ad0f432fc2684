import { basename } from "node:path";
import {
  type FoundProbe,
  type LimitEvidence,
  type ProbeSeen,
  ProbeWatch,
  readProbe,
  type SearchLimit,
  type Summary,
  wordOf,
} from "../../analyse/index.ts";
import { EXIT } from "../../base/index.ts";
import type { Budget, Plan } from "../../plan/index.ts";
import { run } from "../run.ts";
import { simulate } from "../simulate/door.ts";
import type { Until } from "../types.ts";
import { PROBE_STAGE, type ProbeShape, probePlan } from "./probe-plan.ts";
import type { FindOptions } from "./types.ts";

/** Standard errors beyond which a probe that had its full time says which side it is on. */
const SURE = 2;

export interface ProbeAsked {
  readonly options: FindOptions;
  /** From 1; 0 of the baseline. Draws users of its own. */
  readonly number: number;
  /** Absent: the plan is run as it is. */
  readonly search?: {
    readonly shape: ProbeShape;
    readonly limits: readonly SearchLimit[];
    readonly load: number;
    readonly why: FoundProbe["why"];
    readonly runs: string;
    readonly budget: Budget;
  };
}

export interface Probed {
  readonly summary: Summary;
  readonly probe?: FoundProbe;
  /** Absent where the probe says nothing of the target. */
  readonly seen?: ProbeSeen;
}

/** Runs or simulates one probe, ends it early where it is clear, and reads from its folder what it says of each limit. */
export async function playProbe(plan: Plan, { options, number, search }: ProbeAsked): Promise<Probed> {
  if (search === undefined) return { summary: await play(plan, options, undefined) };
  const { shape, limits, load, why, runs, budget } = search;
  const seed = plan.seed + number;
  const asked = probePlan(plan, shape, limits, { load, seed, runs, budget });
  const judged = asked.stages.length - 1;
  const watch = new ProbeWatch({
    limits,
    personas: asked.workload.personas.map(({ name }) => name),
    stage: judged,
    from: asked.stages[judged]?.from ?? 0,
    least: shape.most / 4,
    most: shape.most,
    open: asked.stages[judged]?.unit === "sessions/s",
    measures: why === "confirm",
  });
  const summary = await play(asked, options, watch);
  const evidence = await readProbe(summary.run.folder, PROBE_STAGE, limits);
  const word = probeWord(evidence, watch, summary);
  const cut = CUT[summary.exitCode];
  const stage = summary.stages.find(({ name }) => name === PROBE_STAGE);
  const probe: FoundProbe = {
    load,
    seed,
    why,
    run: basename(summary.run.folder),
    word,
    ended:
      cut === undefined ? (watch.clear === undefined ? "full" : watch.clear.saturated ? "saturated" : "clear") : "cut",
    ...(cut === undefined ? {} : { because: summary.reasons[0]?.message ?? cut }),
    measured: stage?.duration ?? 0,
    attempts: stage?.attempts ?? 0,
    limits: limits.map((limit, i) => limitSeen(limit, evidence[i])),
  };
  return { summary, probe, ...(word === "unusable" ? {} : { seen: { load, word, limits: evidence } }) };
}

/** Ends after which a probe did not have its time. */
const CUT: Readonly<Record<number, string>> = {
  [EXIT.internal]: "Plimsoll failed.",
  [EXIT.interrupted]: "It was interrupted.",
  [EXIT.guardAborted]: "A guard stopped it.",
  [EXIT.generatorLimited]: "The load generator limited it.",
  [EXIT.budgetSpent]: "The budget was spent.",
  [EXIT.unreachable]: "The target could not be reached.",
};

/** A target that a guard gave up on is broken; a probe that was cut short by anything else than the target says nothing. */
function probeWord(
  evidence: readonly (LimitEvidence | undefined)[],
  watch: ProbeWatch,
  { exitCode, stages }: Summary,
): FoundProbe["word"] {
  if (exitCode === EXIT.guardAborted) return "breaks";
  if (CUT[exitCode] !== undefined) return "unusable";
  if (watch.clear?.saturated === true) return "breaks";
  if (evidence.some((limit) => limit === undefined) && measuredAttempts(stages) > 0) return "breaks";
  return wordOf(evidence, SURE);
}

/** Attempts of a stage in which nothing of a limit was measured all failed before that; without attempts nothing is known. */
function measuredAttempts(stages: Summary["stages"]): number {
  return stages.find(({ name }) => name === PROBE_STAGE)?.attempts ?? 0;
}

function limitSeen({ threshold, allowed }: SearchLimit, seen: LimitEvidence | undefined): FoundProbe["limits"][number] {
  const { expression } = threshold;
  if (seen === undefined) return { expression, allowed, samples: 0 };
  const { observed, margin, error, samples } = seen;
  return { expression, observed, allowed, margin, error, samples };
}

async function play(plan: Plan, options: FindOptions, until: Until | undefined): Promise<Summary> {
  const { onProgress, onWarning, progressEvery, stop, kill, calledAs, iOwnThisTarget } = options;
  const shared = {
    ...(onWarning === undefined ? {} : { onWarning }),
    ...(progressEvery === undefined ? {} : { progressEvery }),
    ...(stop === undefined ? {} : { stop }),
    ...(kill === undefined ? {} : { kill }),
    ...(calledAs === undefined ? {} : { calledAs }),
    ...(until === undefined ? {} : { until }),
  };
  if (options.simulate === undefined) {
    return run(plan, {
      ...shared,
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(iOwnThisTarget === undefined ? {} : { iOwnThisTarget }),
    });
  }
  const told =
    onProgress === undefined
      ? {}
      : { onProgress: (progress: { run: Parameters<typeof onProgress>[0] }) => onProgress(progress.run) };
  return (await simulate(plan, options.simulate, { ...shared, ...told })).summary;
}
