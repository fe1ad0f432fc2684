import type { Random } from "../../base/index.ts";
import {
  bestKnownCombination,
  bootstrapWeights,
  cholesky,
  choleskySolve,
  mean,
  percentileInterval,
} from "../../stats/index.ts";
import { huberWeight, type Linearised, normalEquations, scalesOf, WORTH } from "./gauss-newton.ts";
import type { Objective } from "./objective.ts";
import { MODEL_ERROR, profiles } from "./profile.ts";
import type { Parameter } from "./types.ts";

/** What the data say of one coefficient. */
export interface Estimate {
  readonly name: Parameter;
  readonly value: number;
  /** What resampled requests (95 %) and a model error of a per cent allow, all other coefficients following. NaN: there was no time to look. */
  readonly low: number;
  readonly high: number;
  /** The interval goes on beyond its end: it was not followed further. */
  readonly openDown: boolean;
  readonly openUp: boolean;
  /** Log standard deviation of the bootstrap. */
  readonly sampling: number;
  readonly identified: boolean;
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

/** An interval whose ends are further apart than this factor says nothing that one could plan with. */
const WIDEST = 1.5;
const REPLICATES = 400;
const Z95 = 1.959963984540054;

export function identify(objective: Objective, at: Linearised, random: Random, stop: () => boolean): Identification {
  const { logs } = at;
  const free = objective.free;
  const scales = scalesOf(at.residuals);
  const { whole } = normalEquations(objective, at, scales);
  const sampling = bootstrapSpread(objective, at, scales, whole, random);
  const prior = free.map(({ priorSd }) => 1 / priorSd ** 2);
  const posterior = alike(at).map((row, i) => row.map((value, j) => value + (i === j ? (prior[i] ?? 0) : 0)));
  const ranges = profiles(objective, at, scales, posterior, stop);
  const estimates = free.map(({ name }, i): Estimate => {
    const value = Math.exp(logs[i] ?? 0);
    const { down = Number.NaN, up = Number.NaN, openDown = true, openUp = true } = ranges[i] ?? {};
    const drawn = Z95 * (sampling[i] ?? 0);
    const [low, high] = [value * Math.exp(-Math.hypot(down, drawn)), value * Math.exp(Math.hypot(up, drawn))];
    const open = openDown || openUp;
    return {
      name,
      value,
      low,
      high,
      openDown,
      openUp,
      sampling: sampling[i] ?? Number.NaN,
      identified: !open && high / low < WIDEST,
    };
  });
  return { estimates, combination: combine(estimates, posterior) };
}

/** Information on a scale where a root mean square change of MODEL_ERROR in a group counts as one. */
function alike({ slopes, logs }: Linearised): number[][] {
  const n = logs.length;
  const information = logs.map(() => new Array<number>(n).fill(0));
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
 * Half of the 95 % percentile interval, over 1.96, of the estimate when requests are drawn again in blocks of neighbours: one Gauss-Newton
 * step from the estimate under each draw.
 */
function bootstrapSpread(
  objective: Objective,
  { residuals, slopes, logs }: Linearised,
  scales: readonly number[],
  whole: readonly (readonly number[])[],
  random: Random,
): number[] {
  const factor = cholesky(whole);
  if (factor === undefined) return objective.free.map(({ priorSd }) => priorSd);
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
  return replicates.map((list) => {
    const { low, high } = percentileInterval(list);
    return (high - low) / 2 / Z95;
  });
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

function combine(estimates: readonly Estimate[], posterior: readonly (readonly number[])[]): Combination | undefined {
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
  return {
    terms: kept.map(({ name, factor }) => ({ name, factor })),
    value: total,
    low: total - spread,
    high: total + spread,
  };
}

function pick(estimate: Estimate | undefined): { readonly name: Parameter; readonly value: number } {
  return { name: estimate?.name ?? "c0", value: estimate?.value ?? Number.NaN };
}
