import type { Random } from "../../base/index.ts";
import {
  bestKnownCombination,
  bootstrapWeights,
  cholesky,
  choleskySolve,
  mean,
  percentileInterval,
} from "../../stats/index.ts";
import { Accepted } from "./accepted.ts";
import { huberWeight, type Linearised, normalEquations, type Slopes, scalesOf, WORTH } from "./gauss-newton.ts";
import type { Objective } from "./objective.ts";
import { MODEL_ERROR, profiles } from "./profile.ts";
import { countOf } from "./residuals.ts";
import type { Parameter } from "./types.ts";

/** What the data say of one coefficient. */
export interface Estimate {
  readonly name: Parameter;
  readonly value: number;
  /** What resampled requests (95 %) and a model error of a per cent allow, all other coefficients following. */
  readonly low: number;
  readonly high: number;
  /** The interval goes on beyond its end: it was not followed further. */
  readonly openDown: boolean;
  readonly openUp: boolean;
  /** Log standard deviation of the bootstrap. */
  readonly sampling: number;
  readonly identified: boolean;
  /** What its value rests on: a setting that nobody told and that would change it, in words. Absent: nothing of the kind. */
  readonly condition?: string;
}

/** Coefficients that trade off, and what of them is known: sum of `terms` times the coefficients. */
export interface Combination {
  readonly terms: readonly { readonly name: Parameter; readonly factor: number }[];
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Identification {
  readonly estimates: readonly Estimate[];
  readonly combination: Combination | undefined;
}

export interface Identified {
  readonly identification: Identification;
  /** A point that the search should have found: the intervals are not to be used, but sought again from its own. */
  readonly better: readonly number[] | undefined;
}

interface IdentifyOptions {
  readonly random: Random;
  /** Simulations at most. */
  readonly simulations: number;
  readonly stop: () => boolean;
  readonly conditions: ReadonlyMap<Parameter, string>;
}

/** An interval whose ends are further apart than this factor says nothing that one could plan with. */
const WIDEST = 1.5;
const REPLICATES = 400;
const Z95 = 1.959963984540054;

export function identify(
  objective: Objective,
  at: Linearised,
  { random, simulations, stop, conditions }: IdentifyOptions,
): Identified {
  const { logs } = at;
  const free = objective.free;
  const scales = scalesOf(at.residuals);
  const { whole } = normalEquations(objective, at, scales);
  const drawn = bootstrap(at, scales, whole, random);
  const prior = free.map(({ priorSd }) => 1 / priorSd ** 2);
  const information = (slopes: Slopes): number[][] =>
    alike(slopes, logs.length).map((row, i) => row.map((value, j) => value + (i === j ? (prior[i] ?? 0) : 0)));
  const posterior = information(at.slopes);
  const misfit = objective.misfit(logs);
  // Of several kinds of experiments one may be all that tells a coefficient: it alone being off by the model's error is enough.
  const kinds = new Set(objective.setting.episodes.map(({ kind }) => kind));
  const floor = misfit + MODEL_ERROR / kinds.size + roughness(objective, logs, misfit, random);
  const accepted = new Accepted(objective, floor, objective.lossOf(misfit, logs), simulations, stop);
  const ranges = profiles(objective, accepted, at, scales, information);
  const requests = countOf(objective.setting.episodes, objective.part);
  const estimates = free.map(({ name, priorSd }, i): Estimate => {
    const value = Math.exp(logs[i] ?? 0);
    const { down = Number.NaN, up = Number.NaN, openDown = true, openUp = true } = ranges[i] ?? {};
    const sampling = drawn === undefined ? priorSd : halfWidth(drawn[i] ?? []) / Z95;
    const [below, above] = [Math.exp(Math.hypot(down, Z95 * sampling)), Math.exp(Math.hypot(up, Z95 * sampling))];
    return {
      name,
      value,
      low: value / below,
      high: value * above,
      openDown,
      openUp,
      sampling,
      identified: requests >= LEAST_TO_IDENTIFY && !openDown && !openUp && below * above < WIDEST,
      ...conditionOf(conditions.get(name)),
    };
  });
  return {
    identification: { estimates, combination: combine(estimates, posterior, accepted, drawn) },
    better: accepted.better,
  };
}

function conditionOf(condition: string | undefined): Pick<Estimate, "condition"> {
  return condition === undefined ? {} : { condition };
}

/** Log factor that changes no time by more than a thousandth. */
const HAIR = 1e-3;
const HAIRS = 8;

/**
 * How much better the point is than its next neighbours on average: who is preempted turns on a hair, and a search ends where that happens to fit best. Another
 * point is not worse for lack of such luck.
 */
function roughness(objective: Objective, logs: readonly number[], misfit: number, random: Random): number {
  const neighbours = Array.from({ length: HAIRS }, () =>
    objective.misfit(logs.map((value) => value + HAIR * (2 * random.next() - 1))),
  );
  return Math.max(0, mean(neighbours) - misfit);
}

/** Fitted requests below which nothing is called identified: an interval of so few says more of them than of the engine. */
export const LEAST_TO_IDENTIFY = 30;

/** Information on a scale where a root mean square change of MODEL_ERROR in a group counts as one. */
function alike(slopes: Slopes, n: number): number[][] {
  const information = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (const columns of slopes) {
    const rows = columns[0]?.length ?? 0;
    for (let a = 0; a < n; a++) {
      const row = information[a] ?? [];
      for (let b = 0; b < n; b++) {
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += (columns[a]?.[i] ?? 0) * (columns[b]?.[i] ?? 0);
        row[b] = (row[b] ?? 0) + sum / rows / MODEL_ERROR ** 2;
      }
    }
  }
  return information;
}

/**
 * By how much the logarithms of the estimate move when requests are drawn again in blocks of neighbours: for each coefficient REPLICATES moves, one
 * Gauss-Newton step from the estimate under each draw. Undefined where there is no such step.
 */
function bootstrap(
  { residuals, slopes, logs }: Linearised,
  scales: readonly number[],
  whole: readonly (readonly number[])[],
  random: Random,
): readonly Float64Array[] | undefined {
  const factor = cholesky(whole);
  if (factor === undefined) return undefined;
  const replicates = logs.map(() => new Float64Array(REPLICATES));
  for (let r = 0; r < REPLICATES; r++) {
    const gradient = new Array<number>(logs.length).fill(0);
    for (const [g, { values, members }] of residuals.groups.entries()) {
      const scale = scales[g] ?? 1;
      const drawn = redrawn(members, random);
      for (const [i, value] of values.entries()) {
        const moved = (drawn[i] ?? value) - value;
        const extra = moved * huberWeight(value / scale) * (WORTH / (scale * scale * values.length));
        for (let a = 0; a < logs.length; a++) gradient[a] = (gradient[a] ?? 0) + extra * (slopes[g]?.[a]?.[i] ?? 0);
      }
    }
    const step = choleskySolve(factor, gradient);
    for (const [a, list] of replicates.entries()) list[r] = -(step[a] ?? 0);
  }
  return replicates;
}

/** Half of the 95 % percentile interval. */
function halfWidth(list: ArrayLike<number>): number {
  const { low, high } = percentileInterval(list);
  return (high - low) / 2;
}

/** Means of the bins when their requests, taken as one sequence, are drawn again; a bin without any keeps its mean. */
function redrawn(members: readonly Float64Array[], random: Random): number[] {
  const n = members.reduce((sum, list) => sum + list.length, 0);
  const weights = bootstrapWeights(n, Math.max(1, Math.round(n ** (1 / 3))), random);
  let at = 0;
  return members
    .map((list) => {
      let [sum, total] = [0, 0];
      for (const value of list) {
        const weight = weights[at++] ?? 0;
        sum += weight * value;
        total += weight;
      }
      return total > 0 ? sum / total : Number.NaN;
    })
    .map((value, i) => (Number.isNaN(value) ? mean(members[i] ?? []) : value));
}

/** Coefficients whose multiples make up a step's time. */
const ADDITIVE: ReadonlySet<Parameter> = new Set(["c0", "c1", "c2", "ch", "d1", "d2", "p1", "p2"]);
/** A term that makes up less of the combination than this is not worth naming. */
const LEAST_TERM = 0.02;

/** A sum that is known no better than this says little. */
const WIDEST_SUM = 1.5;
/** No profile follows the sum itself: it goes further than the points that other profiles met. */
const UNFOLLOWED = 2;

function combine(
  estimates: readonly Estimate[],
  posterior: readonly (readonly number[])[],
  accepted: Accepted,
  drawn: readonly Float64Array[] | undefined,
): Combination | undefined {
  const open = [...estimates.keys()].filter(
    (i) => estimates[i]?.identified === false && ADDITIVE.has(estimates[i]?.name ?? "c0"),
  );
  if (open.length < 2) return undefined;
  const known = bestKnownCombination(posterior, open);
  if (known === undefined) return undefined;
  const raw = open.map((i, k) => ({ ...pick(estimates[i]), weight: known.weights[k] ?? 0 }));
  const heaviest = raw.reduce((a, b) => (Math.abs(b.weight) > Math.abs(a.weight) ? b : a));
  // Told in multiples of a step's fixed cost where it takes part: the factors then are tokens, contexts and sequences of a typical step.
  const lead =
    raw.find(({ name, weight }) => name === "c0" && Math.abs(weight) > 0.1 * Math.abs(heaviest.weight)) ?? heaviest;
  const terms = raw.map(({ name, value, weight }) => ({
    name,
    value,
    factor: ((weight / value) * lead.value) / lead.weight,
  }));
  const value = terms.reduce((sum, term) => sum + term.factor * term.value, 0);
  const spread = (Z95 * lead.value * known.halfWidth) / Math.abs(lead.weight);
  const kept = terms.filter((term) => Math.abs(term.factor * term.value) > LEAST_TERM * Math.abs(value));
  // A difference is no sum that a step could take: it only says that these data hold some other balance.
  if (kept.length < 2 || kept.some(({ factor }) => factor < 0)) return undefined;
  const total = kept.reduce((sum, term) => sum + term.factor * term.value, 0);
  const kth = kept.map(({ name }) => estimates.findIndex((estimate) => estimate.name === name));
  // What the linear theory allows, what was found to be as good, and what other requests would have given.
  const sums = accepted.points.map(({ logs }) =>
    kept.reduce((sum, { factor }, t) => sum + factor * Math.exp(logs[kth[t] ?? 0] ?? 0), 0),
  );
  const moves = Float64Array.from({ length: drawn === undefined ? 0 : REPLICATES }, (_, r) =>
    kept.reduce((sum, { factor, value: own }, t) => sum + factor * own * (drawn?.[kth[t] ?? 0]?.[r] ?? 0), 0),
  );
  const sampled = moves.length === 0 ? 0 : halfWidth(moves);
  const low = total - Math.hypot(Math.max(spread, UNFOLLOWED * (total - Math.min(total, ...sums))), sampled);
  const high = total + Math.hypot(Math.max(spread, UNFOLLOWED * (Math.max(total, ...sums) - total)), sampled);
  if (!(low > 0) || high / low > WIDEST_SUM) return undefined;
  return { terms: kept.map(({ name, factor }) => ({ name, factor })), value: total, low, high };
}

function pick(estimate: Estimate | undefined): { readonly name: Parameter; readonly value: number } {
  return { name: estimate?.name ?? "c0", value: estimate?.value ?? Number.NaN };
}
