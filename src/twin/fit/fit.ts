/*
 * A fit from table to coefficients, file by file.
 *
 * 1. What was measured: evidence.ts reads a table (table.ts its rows, columns.ts what they mean, cells.ts their numbers, clocks.ts unit and clock, requests.ts
 *    the whole, plausible.ts what no engine can have done), a run (run-folder.ts) or a probe (probe-file.ts), and the engine's settings (settings.ts).
 * 2. The engine as far as it is known: resolve-spec.ts, with cache-bound.ts for blocks that nobody told. parameters.ts lists what is fitted.
 * 3. The distance from the data: model.ts and replay.ts serve the same requests by given step times (prefixes.ts says what they share), measures.ts and residuals.ts compare, objective.ts is the sum.
 * 4. The search, below: designed.ts or start.ts begin it, gauss-newton.ts goes on, polish.ts ends it.
 * 5. The intervals: identify.ts; profile.ts moves one coefficient away while refit.ts fits the others again (in the sums of coordinates.ts), and accepted.ts keeps
 *    every point that is as good.
 * 6. The result: engine-file.ts writes it as a stack, compare.ts serves other requests by it.
 */
import { randomStream } from "../../base/index.ts";
import { median } from "../../stats/index.ts";
import type { EngineSpec, StepCosts } from "../engine/types.ts";
import { designedStart } from "./designed.ts";
import { gaussNewton, linearise } from "./gauss-newton.ts";
import { type Identification, type Identified, identify, LEAST_TO_IDENTIFY } from "./identify.ts";
import { type Measure, measures } from "./measures.ts";
import { settingOf } from "./model.ts";
import { Objective } from "./objective.ts";
import { freeParameters, toLogs } from "./parameters.ts";
import { polish } from "./polish.ts";
import { countOf, type Part } from "./residuals.ts";
import { resolveSpec } from "./resolve-spec.ts";
import { scaledStarts } from "./start.ts";
import type { EngineSettings, Observations } from "./types.ts";

export interface FitOptions {
  readonly seed: number;
  /** Share of each run's requests, the later ones, that the fit does not look at; 0: none. */
  readonly holdout: number;
  readonly preset?: string;
  /** Share of prompt tokens that were in the prefix cache, as the server's counters have it. */
  readonly hitRate?: number;
  /** ms that the fit may take, and the clock that it is held to. */
  readonly budgetMs: number;
  readonly now: () => number;
  /** Told after each simulation. */
  readonly onProgress?: (progress: FitProgress) => void;
}

export interface FitProgress {
  readonly stage: "search" | "intervals";
  readonly simulations: number;
  /** ms after which it ends, at the latest. */
  readonly left: number;
}

export interface GroupResidual {
  /** Kind of episode and measure: `run ttft`. */
  readonly name: string;
  readonly n: number;
  /** Median of the log ratios of predicted over measured, and the median of their absolute values. */
  readonly bias: number;
  readonly spread: number;
}

/** What one part of the requests shows. */
export interface PartReport {
  readonly requests: number;
  readonly measures: readonly Measure[];
}

export interface FitResult {
  readonly source: string;
  readonly engine: EngineSpec;
  readonly overhead: number | undefined;
  readonly identification: Identification;
  readonly fitted: PartReport;
  readonly held: PartReport | undefined;
  /** By kind of episode, where there are several. */
  readonly kinds: readonly { readonly kind: string; readonly report: PartReport }[];
  readonly residuals: readonly GroupResidual[];
  readonly preemptions: { readonly predicted: number; readonly measured: number | undefined };
  readonly shape: string;
  /** The data are experiments of a probe, or hold some. */
  readonly probed: boolean;
  readonly replicas: number;
  readonly blocksAtLeast: boolean;
  /** What makes the coefficients worth nothing, to be told before anything else; empty: nothing. */
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly assumptions: readonly string[];
  /** Mean |log ratio| of the fitted part's means and quantiles. */
  readonly loss: number;
  readonly evaluations: number;
  readonly ms: number;
  /** The time ran out before the search ended by itself. */
  readonly cut: boolean;
}

/** Starts that are carried beyond the scaled shapes. */
const STARTS = 2;

const SEARCH_SHARE = 0.6;
/** Simulations for the intervals (half as many more each time that they begin again), and how often that may be, from a better point that they came upon. */
const SIMULATIONS = 700;
const RESTARTS = 4;

/** Fits step times to what was measured. Throws a PlimsollError (exit code 104) where a needed setting is missing. */
export function fitEngine(observations: Observations, settings: EngineSettings, options: FitOptions): FitResult {
  const began = options.now();
  const until = began + options.budgetMs;
  const stop = (): boolean => options.now() > until;
  // The search leaves time to find out what it does not tell.
  const searched = (): boolean => options.now() > began + SEARCH_SHARE * options.budgetMs;
  const resolved = resolveSpec(settings, options.preset, observations);
  const free = freeParameters(observations.engineClock);
  const { spec, replicas } = resolved;
  let stage: FitProgress["stage"] = "search";
  let simulations = 0;
  const setting = settingOf({
    spec,
    replicas,
    hitRate: options.hitRate ?? 0,
    episodes: observations.episodes,
    simulated: () => options.onProgress?.({ stage, simulations: ++simulations, left: until - options.now() }),
  });
  const fitPart: Part = (i, n) => n < FEWEST_TO_SPLIT || i < Math.ceil(n * (1 - options.holdout));
  const designed = designedStart(setting, observations.engineClock);
  const starts = designed === undefined ? scaledStarts(setting, fitPart, free, options.preset, searched) : [designed];
  const searches = starts.slice(0, STARTS).map(({ name, base }) => {
    const from = toLogs(base, free);
    const objective = new Objective(setting, fitPart, free, base, from);
    const logs = gaussNewton(objective, from, searched);
    return { logs, loss: objective.loss(logs), objective, shape: name };
  });
  const best = searches.reduce((a, b) => (b.loss < a.loss ? b : a));
  const { objective } = best;
  const polished = polish(objective, best.logs, { maxEvaluations: 25 * free.length, stop: searched });
  let { logs, loss } = polished.loss < best.loss ? polished : best;
  const cutSearch = searched();
  const spent = objective.evaluations;
  const look = (): Identified => {
    stage = "intervals";
    const at = linearise(objective, logs, objective.residuals(logs), 2);
    const random = randomStream(options.seed, "fit", "bootstrap");
    const most = Math.max(SIMULATIONS / 2, SIMULATIONS - (objective.evaluations - spent));
    return identify(objective, at, { random, simulations: most, stop, conditions: resolved.conditions });
  };
  let found = look();
  for (let again = 0; again < RESTARTS && found.better !== undefined && !stop(); again++) {
    const further = polish(objective, found.better, { maxEvaluations: 8 * free.length, stop });
    const better = objective.loss(found.better);
    ({ logs, loss } = further.loss < better ? further : { logs: found.better, loss: better });
    found = look();
  }
  const point = objective.point(logs);
  const predicted = objective.predict(logs);
  const report = (part: Part, kind?: string): PartReport => ({
    requests: countOf(
      observations.episodes.filter((episode) => kind === undefined || episode.kind === kind),
      part,
    ),
    measures: measures(observations.episodes, predicted, point.overhead, part, kind),
  });
  const held: Part = (i, n) => !fitPart(i, n);
  const heldReport = report(held);
  const fittedReport = report(fitPart);
  const warnings = failings(fittedReport.measures);
  // A model that does not describe the data has nothing to tell of the engine.
  const { identification } = warnings.length === 0 ? found : { identification: withdrawn(found.identification) };
  const kinds = [...new Set(observations.episodes.map(({ kind }) => kind))];
  const ms = options.now() - began;
  return {
    source: observations.source,
    engine: { ...resolved.spec, costs: rounded(point.costs) },
    overhead: observations.engineClock ? undefined : point.overhead,
    identification,
    fitted: fittedReport,
    held: heldReport.requests > 0 ? heldReport : undefined,
    kinds: kinds.length < 2 ? [] : kinds.map((kind) => ({ kind, report: report(fitPart, kind) })),
    residuals: objective.residuals(logs).groups.map(({ name, values }) => ({
      name,
      n: values.length,
      bias: median(values),
      spread: median(values.map(Math.abs)),
    })),
    preemptions: {
      predicted: predicted.reduce((sum, { preemptions }) => sum + preemptions, 0),
      measured: observations.preemptions,
    },
    shape: best.shape,
    probed: kinds.some((kind) => kind !== "run"),
    replicas,
    blocksAtLeast: resolved.blocksAtLeast,
    warnings,
    notes: [...observations.notes, ...fewness(fittedReport.requests)],
    assumptions: resolved.assumptions,
    loss,
    evaluations: searches.reduce((sum, search) => sum + search.objective.evaluations, 0),
    ms,
    cut: options.now() > until || cutSearch,
  };
}

/** Off by more than this share in a mean of the requests that it was fitted to, the model does not describe them. */
const MOST_OFF = 0.25;

function failings(measures: readonly Measure[]): string[] {
  const off = measures.filter(
    ({ name, measured, predicted }) => name.endsWith("mean") && !(Math.abs(predicted / measured - 1) <= MOST_OFF),
  );
  if (off.length === 0) return [];
  const told = off.flatMap(({ name, measured, predicted }) =>
    Number.isNaN(predicted)
      ? []
      : [
          `its ${name} is ${Number(predicted.toPrecision(3))} ms where ${Number(measured.toPrecision(3))} ms were measured`,
        ],
  );
  if (told.length < off.length) told.push("it never serves all of them");
  return [
    `The model does not describe these data: on the very requests that it was fitted to, ${told.join(", ")}. Its coefficients mean nothing.`,
  ];
}

function fewness(requests: number): string[] {
  if (requests >= LEAST_TO_IDENTIFY) return [];
  return [`${requests} requests were fitted: below ${LEAST_TO_IDENTIFY} nothing is called identified.`];
}

function withdrawn({ estimates }: Identification): Identification {
  return { estimates: estimates.map((estimate) => ({ ...estimate, identified: false })), combination: undefined };
}

/** Episodes with fewer requests are designed experiments: nothing of them is held out. */
const FEWEST_TO_SPLIT = 20;

/** Five significant digits: more would only pretend. */
function rounded(costs: StepCosts): StepCosts {
  const entries = Object.entries(costs).map(([name, value]) => [name, Number(Number(value).toPrecision(5))] as const);
  return { ...costs, ...Object.fromEntries(entries) };
}
