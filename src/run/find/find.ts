import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  type Answer,
  answerOf,
  type Found,
  type FoundProbe,
  nextStep,
  type ProbeSeen,
  type SearchLimit,
  type SearchSettings,
  type Summary,
  searchLimits,
} from "../../analyse/index.ts";
import { EXIT, type ExitCode, PlimsollError, redactor } from "../../base/index.ts";
import { type Budget, type Plan, planHash } from "../../plan/index.ts";
import { createFindFolder, writeJsonFile } from "../../record/index.ts";
import { stackHash } from "../../twin/index.ts";
import { withBaseline } from "./baseline.ts";
import { endWords } from "./end-words.ts";
import { isSpent, leftOver } from "./left-over.ts";
import { type Probed, playProbe } from "./probe.ts";
import { type FindSettings, findSettings } from "./settings.ts";
import type { FindOptions } from "./types.ts";

type LeftOut = ReturnType<typeof searchLimits>["leftOut"];
type EndWhy = Found["ended"]["why"];

/** Probes without a word on the target, by the generator's fault, after which the search gives up. */
const MOST_UNUSABLE = 2;

/**
 * Looks for the highest load, in one dimension of a plan, at which its thresholds hold: each probe is a run at one load, in a folder of its
 * own inside the search's, which also holds find.json, written anew after each probe. Throws PlimsollError with exit code 104 (plan,
 * options, owner's word) or 122 (target out of reach).
 */
export async function find(written: Plan, options: FindOptions = {}): Promise<Found> {
  const settings = findSettings(written, options);
  const startedAt = new Date();
  const folder = createFindFolder(written.runs, written.name, startedAt).path;
  options.onFolder?.(folder);
  const baseline = async (plan: Plan): Promise<Summary> => (await playProbe(plan, { options, number: 0 })).summary;
  const plan = await withBaseline(written, baseline, folder);
  const { limits, leftOut } = searchLimits(plan);
  if (limits.length === 0) throw noLimits(leftOut);
  const search = new Search({ written, plan, settings, limits, leftOut, folder, startedAt, options });
  return search.go();
}

interface SearchParts {
  readonly written: Plan;
  /** With limits relative to a baseline as values. */
  readonly plan: Plan;
  readonly settings: FindSettings;
  readonly limits: readonly SearchLimit[];
  readonly leftOut: LeftOut;
  readonly folder: string;
  readonly startedAt: Date;
  readonly options: FindOptions;
}

class Search {
  readonly #parts: SearchParts;
  readonly #seen: ProbeSeen[] = [];
  readonly #probes: FoundProbe[] = [];
  #settings: SearchSettings;
  #budget: Budget;
  #unusable = 0;

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#settings = parts.settings.search;
    this.#budget = parts.plan.budget;
  }

  async go(): Promise<Found> {
    for (;;) {
      const step = nextStep(this.#settings, this.#seen);
      if (step.kind === "end") return this.#end(step.why);
      const probed = await this.#probe(step.load, step.why);
      const end = this.#take(probed, step.load);
      if (end !== undefined) return this.#end(end);
      await this.#write(this.#found(undefined), probed.probe);
      await this.#pause();
    }
  }

  async #probe(load: number, why: FoundProbe["why"]): Promise<Probed> {
    const { plan, settings, limits, folder, options } = this.#parts;
    const number = this.#probes.length + 1;
    const { unit } = settings.shape.dimension;
    options.onProbe?.({ number, of: this.#settings.probes, load, unit, why });
    return playProbe(plan, {
      options,
      number,
      search: { shape: settings.shape, limits, load, why, runs: folder, budget: this.#budget },
    });
  }

  /** Counts a probe in; why the search ends with it, where it does. */
  #take({ summary, probe, seen }: Probed, load: number): EndWhy | undefined {
    this.#budget = leftOver(this.#budget, summary);
    if (probe !== undefined) this.#probes.push(probe);
    if (summary.exitCode === EXIT.interrupted) return "interrupted";
    if (summary.exitCode === EXIT.generatorLimited) return this.#limited(load);
    if (seen !== undefined) this.#seen.push(seen);
    return summary.exitCode === EXIT.budgetSpent || isSpent(this.#budget) ? "budget" : undefined;
  }

  /** Where this machine cannot ask for more, the search looks below; where that does not help either, it ends. */
  #limited(load: number): EndWhy | undefined {
    this.#unusable++;
    const below = this.#seen.map((probe) => probe.load).filter((tried) => tried < load);
    if (this.#unusable >= MOST_UNUSABLE || below.length === 0) return "generator";
    this.#settings = { ...this.#settings, most: Math.max(...below) };
    return undefined;
  }

  async #end(why: EndWhy): Promise<Found> {
    const found = this.#found(why);
    await this.#write(found, this.#probes.at(-1));
    return found;
  }

  async #write(found: Found, probe: FoundProbe | undefined): Promise<void> {
    const { folder, plan, options } = this.#parts;
    await writeJsonFile(join(folder, "find.json"), found, redactor(plan.secrets));
    if (probe !== undefined) options.onProbed?.(probe, found);
  }

  async #pause(): Promise<void> {
    const { settings, options } = this.#parts;
    if (settings.pause === 0) return;
    const { stop } = options;
    await wait(settings.pause, undefined, stop === undefined ? {} : { signal: stop }).catch((error: unknown) => {
      if (stop?.aborted !== true) throw error;
    });
  }

  #found(why: EndWhy | undefined): Found {
    const { written, settings, startedAt, options, leftOut } = this.#parts;
    const { vary, shape, search } = settings;
    const answer = answerOf(this.#settings, this.#seen);
    const loads = this.#probes.map(({ load }) => load);
    const { simulate } = options;
    return {
      schema: "plimsoll/find/1",
      name: written.name,
      plan: { hash: planHash(written), seed: written.seed },
      startedAt: startedAt.toISOString(),
      ...(simulate === undefined
        ? {}
        : { simulated: { stack: simulate.name, hash: stackHash(simulate), seed: simulate.seed } }),
      vary,
      unit: shape.dimension.unit,
      ...(shape.at === undefined ? {} : { at: { ...shape.at } }),
      within: search.within,
      tried: {
        most: search.probes,
        from: search.from,
        least: Math.min(...loads, Number.POSITIVE_INFINITY),
        greatest: Math.max(...loads, 0),
      },
      probeTime: { warmUp: shape.warmUp, least: shape.most / 4, most: shape.most },
      probes: [...this.#probes],
      leftOut: [...leftOut],
      answer: this.#answer(answer),
      ended: why === undefined ? { why: "interrupted", words: endWords("interrupted") } : { why, words: endWords(why) },
      exitCode: why === undefined ? EXIT.interrupted : exitCodeOf(why, answer),
    };
  }

  #answer(answer: Answer): Found["answer"] {
    if (answer.kind !== "crossed") return answer;
    const { load, limit } = answer;
    const expression = this.#parts.limits[limit]?.threshold.expression ?? "";
    return { kind: "crossed", load: { ...load }, limit: expression };
  }
}

const EARLY: Readonly<Partial<Record<EndWhy, ExitCode>>> = {
  interrupted: EXIT.interrupted,
  budget: EXIT.budgetSpent,
  generator: EXIT.generatorLimited,
};

/** A search that came to its end exits with 0, whatever it found, but where its least load is too much already. */
function exitCodeOf(why: EndWhy, { kind }: Answer): ExitCode {
  return EARLY[why] ?? (kind === "below" ? EXIT.thresholdCrossed : EXIT.held);
}

function noLimits(leftOut: LeftOut): PlimsollError {
  const reasons = leftOut.map(({ expression, why }) => `${expression}: ${why}`);
  return new PlimsollError(
    {
      code: "FIND_NO_LIMITS",
      path: "slo",
      message: ["the plan has no threshold that a load can break", ...reasons].join("; "),
      hint: 'Add one, such as `slo: [ "ttft.p95 < 800ms" ]`.',
    },
    EXIT.planInvalid,
  );
}
