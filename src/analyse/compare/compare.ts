import { EXIT, PlimsollError, randomStream } from "../../base/index.ts";
import { openRun, type RunReader } from "../../record/index.ts";
import { type Blocked, blocked } from "./blocks.ts";
import { type Change, changeFromHistory, changeOf, holm, superiority, testOf } from "./change.ts";
import { COMPARED, type ComparedEntry } from "./figures.ts";
import { planDifferences } from "./plan-diff.ts";
import type { ComparedFigure, Comparison, PlanDifference } from "./schema.ts";
import { headlineOf, overall, wordOfChange } from "./words.ts";

export interface CompareOptions {
  /** A change of at most this share is called the same; default 0.05. */
  readonly within?: number;
  /** Chance of a false alarm in the whole comparison; default 0.05. */
  readonly alpha?: number;
}

/** A share changes by so much at least before it is another one. */
const LEAST_SHARE = 0.005;
const MOST_BLOCKS = 24;
const FEWEST_BLOCKS = 6;
/** ms and attempts below which a block is too short to stand for itself. */
const SHORTEST = 1000;
const FEWEST_ATTEMPTS = 8;

/**
 * Compares a run with the run before it, or with a history of runs, stage by stage and figure by figure. Throws PlimsollError RUNS_DIFFER (exit code 104)
 * with every place at which the plans differ in what matters; RUN_NOT_FOUND and RUN_UNREADABLE as `openRun` does.
 */
export async function compareRuns(
  history: readonly string[],
  latest: string,
  { within = 0.05, alpha = 0.05 }: CompareOptions = {},
): Promise<Comparison> {
  const opened: RunReader[] = [];
  try {
    for (const path of [...history, latest]) opened.push(await openRun(path));
    const after = opened.at(-1);
    const before = opened.slice(0, -1);
    const newest = before.at(-1);
    if (after === undefined || newest === undefined) throw new RangeError("a comparison needs two runs");
    const differences = differencesOf(before, after);
    const raw: Raw[] = [];
    for (const stage of commonStages(before, after)) {
      for (const entry of COMPARED) raw.push(await rawFigure(before, after, entry, stage));
    }
    const compared = judged(raw, within, alpha);
    const word = overall(compared);
    return {
      schema: "plimsoll/compare/1",
      before: before.map(described),
      after: described(after),
      within,
      word,
      headline: headlineOf(word, compared, within),
      differences: [...differences],
      figures: compared,
      notes: notesOf(before, after, compared),
    };
  } finally {
    for (const run of opened) run.close();
  }
}

function described({ path, manifest }: RunReader): Comparison["after"] {
  return { id: manifest.run.id, folder: path, startedAt: manifest.run.startedAt, seed: manifest.seed };
}

function differencesOf(before: readonly RunReader[], after: RunReader): readonly PlanDifference[] {
  const found = before.flatMap((run) =>
    planDifferences(run.manifest, after.manifest).map((difference) => ({ run, difference })),
  );
  const grave = found.filter(({ difference }) => difference.matters);
  if (grave.length > 0) {
    throw new PlimsollError(
      grave.map(({ run, difference: { path, before: from, after: to } }) => ({
        code: "RUNS_DIFFER",
        path,
        message: `${run.manifest.run.id} has ${from ?? "nothing"}, and ${after.manifest.run.id} has ${to ?? "nothing"}: they did not ask the same`,
        ...(to === undefined ? {} : { received: to }),
        hint: "Compare runs of one plan, or run the plan again as it was.",
      })),
      EXIT.planInvalid,
    );
  }
  const known = new Map(found.map(({ difference }) => [`${difference.path} ${difference.before}`, difference]));
  return [...known.values()];
}

interface CommonStage {
  readonly name: string;
  readonly from: number;
  /** ms that all runs went through. */
  readonly duration: number;
}

/** Stages of the plan; rest and recovery among them, since both may get worse. */
function commonStages(before: readonly RunReader[], after: RunReader): readonly CommonStage[] {
  const plans = [...before, after].map(({ manifest }) => manifest.stages);
  return after.manifest.stages.flatMap(({ name, from, duration }, i) =>
    plans.every((stages) => stages[i]?.name === name) ? [{ name, from, duration }] : [],
  );
}

/** One figure of one stage before it is judged. */
interface Raw {
  readonly entry: ComparedEntry;
  readonly stage: string;
  readonly before?: number;
  readonly after?: number;
  readonly change?: Change;
  readonly why?: string;
  readonly superiority?: number;
  readonly blocks: number;
  readonly samples: { readonly before: number; readonly after: number };
}

async function rawFigure(
  before: readonly RunReader[],
  after: RunReader,
  entry: ComparedEntry,
  stage: CommonStage,
): Promise<Raw> {
  const blocks = await blockCount([...before, after], stage);
  const none: Raw = { entry, stage: stage.name, blocks, samples: { before: 0, after: 0 } };
  const why = cannotCompare(entry, before, after);
  if (why !== undefined) return { ...none, why };
  if (blocks < FEWEST_BLOCKS)
    return { ...none, why: "the stage is too short, or has too few attempts, to be cut into time blocks" };
  const history: Blocked[] = [];
  for (const run of before) {
    const seen = await blocked(run, entry, stage, blocks);
    if (seen !== undefined && seen.samples > 0) history.push(seen);
  }
  const latest = await blocked(after, entry, stage, blocks);
  const newest = history.at(-1);
  if (newest === undefined || latest === undefined || latest.samples === 0 || history.length < before.length)
    return { ...none, why: "nothing was measured of it in one of the runs" };
  const samples = { before: history.reduce((sum, run) => sum + run.samples, 0), after: latest.samples };
  if (![...history, latest].every((run) => run.carries))
    return { ...none, samples, why: `${Math.min(newest.samples, latest.samples)} samples do not carry it` };
  const isShare = entry.kind === "share";
  const once = new Float64Array(blocks).fill(1);
  const scale = (value: number): number => (isShare ? value : Math.log(value));
  const values = history.map((run) => scale(run.figure(once)));
  const paired = changeOf(newest, latest, isShare, randomStream(1, "compare", entry.metric, stage.name));
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const found = { before: isShare ? centre : Math.exp(centre), after: latest.figure(once), samples };
  if (paired === undefined) return { ...none, ...found, why: "it is zero, or absent in too many time blocks" };
  const more = superiority(newest.alone, latest.alone);
  return {
    ...none,
    ...found,
    change: changeFromHistory(values, scale(found.after), paired),
    ...(more === undefined ? {} : { superiority: more }),
  };
}

/** As many blocks as the stage's time and attempts allow in every run. */
async function blockCount(runs: readonly RunReader[], stage: CommonStage): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY;
  for (const run of runs) {
    const name = stage.name.replaceAll("'", "''");
    const { rows } = await run.query(`SELECT count(*)::DOUBLE FROM samples WHERE stage = '${name}'`);
    fewest = Math.min(fewest, Number(rows[0]?.[0] ?? 0));
  }
  return Math.floor(Math.min(MOST_BLOCKS, stage.duration / SHORTEST, fewest / FEWEST_ATTEMPTS));
}

function cannotCompare({ needs }: ComparedEntry, before: readonly RunReader[], after: RunReader): string | undefined {
  if (needs === undefined) return undefined;
  const of = ({ manifest }: RunReader): string => JSON.stringify(manifest[needs]);
  if (before.every((run) => of(run) === of(after))) return undefined;
  return needs === "slo" ? "the plans differ in their limits" : "the plans differ in their prices";
}

function judged(raw: readonly Raw[], within: number, alpha: number): ComparedFigure[] {
  const tests = raw.map(({ change }) => change && testOf(change));
  const asked = tests.flatMap((test, i) => (test === undefined ? [] : [{ i, p: test.p }]));
  const adjusted = holm(asked.map(({ p }) => p));
  const pOf = new Map(asked.map(({ i }, place) => [i, adjusted[place] ?? 1]));
  return raw.map(({ entry, stage, before, after, change, why, superiority: more, blocks, samples }, i) => {
    const test = tests[i];
    const p = pOf.get(i);
    const base = {
      stage,
      metric: entry.metric,
      unit: entry.unit,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      absolute: entry.kind === "share",
      worseIs: entry.worseIs,
      ...(more === undefined ? {} : { superiority: more }),
      blocks,
      samples,
    };
    if (change === undefined || test === undefined || p === undefined)
      return { ...base, word: "cannot-tell" as const, ...(why === undefined ? {} : { why }) };
    const back = (value: number): number => (entry.kind === "share" ? value : Math.expm1(value));
    const interval = { value: back(change.value), ...bounded(back(test.low), back(test.high), entry, before ?? 0) };
    const bound =
      entry.kind === "share" ? Math.max(LEAST_SHARE, within * Math.min(before ?? 0, 1 - (before ?? 0))) : within;
    return {
      ...base,
      change: interval,
      p,
      noise: change.noise,
      word: wordOfChange(interval, bound, p < alpha, entry.worseIs),
    };
  });
}

/** A share stays between 0 and 1, whatever the width of its change's interval. */
function bounded(low: number, high: number, { kind }: ComparedEntry, before: number): { low: number; high: number } {
  return kind === "share" ? { low: Math.max(low, -before), high: Math.min(high, 1 - before) } : { low, high };
}

function notesOf(before: readonly RunReader[], after: RunReader, figures: readonly ComparedFigure[]): string[] {
  const notes: string[] = [];
  if (before.length < 3)
    notes.push(
      "How much runs of this target differ by themselves is not known from so few: the error is that of the time blocks within the runs. Compare with a history of three runs and more to count it in.",
    );
  if (before.some(({ manifest }) => manifest.seed !== after.manifest.seed))
    notes.push("The runs have different seeds, so their users are others: differences of the draw are in the error.");
  const simulated = [...before, after].map(({ manifest }) => manifest.run.simulated?.hash);
  if (new Set(simulated.map((hash) => hash === undefined)).size > 1)
    notes.push("One of the runs is simulated and another is not.");
  const tested = figures.filter(({ p }) => p !== undefined).length;
  notes.push(
    `${tested} figures were tested; P values are adjusted for all of them (Holm), so that a false alarm anywhere has the chance of one.`,
  );
  return notes;
}
