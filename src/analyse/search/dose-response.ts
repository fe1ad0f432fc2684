import { type Random, randomStream } from "../../base/index.ts";
import {
  gammaSample,
  median,
  normalQuantile,
  percentileInterval,
  standardNormal,
  studentQuantile,
} from "../../stats/index.ts";
import { type Dose, type Line, lineThrough, logOdds, odds, trust } from "./line.ts";
import type { LimitEvidence, LoadEstimate, ProbeSeen } from "./types.ts";

const Z95 = normalQuantile(0.975);

export interface Crossing extends LoadEstimate {
  /** Which limit is reached first, by its place; that of the estimate. */
  readonly limit: number;
}

/**
 * The load at which the first of the limits is reached, from all probes: for each limit a rising line (line.ts) through what the probes saw, and of the lines'
 * crossings the lowest. The interval redraws what every probe saw from its own error (parametric bootstrap, Efron and Tibshirani 1993,
 * chapter 6), raised where the probes scatter more around the line than that. Undefined where no limit is crossed among the probes.
 */
export function crossingOf(probes: readonly ProbeSeen[], seed: number, redraws: number): Crossing | undefined {
  const count = Math.max(0, ...probes.map(({ limits }) => limits.length));
  const curves = Array.from({ length: count }, (_, i) => dosesOf(probes, i));
  const lines = curves.map((doses) => lineThrough(doses));
  const first = lowest(lines);
  if (first === undefined) return undefined;
  const random = randomStream(seed, "find", "redraw");
  const raised = lines.map((line) => (line === undefined ? 1 : line.scatter * unsure(line.near)));
  const drawn: number[] = [];
  for (let i = 0; i < redraws; i++) {
    const again = curves.map((doses, j) => {
      const line = lines[j];
      if (line === undefined) return undefined;
      return lineThrough(doses.map((dose) => redrawn(dose, raised[j] ?? 1, random)));
    });
    const low = lowest(again);
    if (low !== undefined) drawn.push(low.at);
  }
  const value = Math.exp(first.at);
  if (drawn.length < redraws / 2) return { value, low: 0, high: Number.POSITIVE_INFINITY, limit: first.limit };
  const { low, high } = percentileInterval(drawn);
  return { value, low: Math.min(value, Math.exp(low)), high: Math.max(value, Math.exp(high)), limit: first.limit };
}

/** From few probes their scatter is not known well: Student's quantile over the normal one, squared. */
function unsure(near: number): number {
  return (studentQuantile(0.975, Math.max(2, near - 2)) / Z95) ** 2;
}

function lowest(lines: readonly (Line | undefined)[]): { at: number; limit: number } | undefined {
  let best: { at: number; limit: number } | undefined;
  for (const [limit, line] of lines.entries()) {
    if (line !== undefined && (best === undefined || line.at < best.at)) best = { at: line.at, limit };
  }
  return best;
}

/**
 * One limit over all loads. Its spread is one for all probes, the median of those near the limit: a probe's own goes with what it saw (a burst raises both),
 * and weights that go with what was seen bend the line.
 */
function dosesOf(probes: readonly ProbeSeen[], place: number): readonly Dose[] {
  const seen = probes.flatMap(({ load, limits }) => {
    const limit = limits[place];
    return limit === undefined ? [] : [{ load, limit }];
  });
  const near = seen.map(({ limit }) => limit).filter(isNear);
  const spread = median((near.length > 0 ? near : seen.map(({ limit }) => limit)).map((limit) => limit.spread));
  return seen.map(({ load, limit }) => doseOf(load, limit, spread));
}

/** Log odds, or logarithms, from the limit within which a spread tells of it. */
const NEAR = 2;

function isNear({ margin }: LimitEvidence): boolean {
  return Math.abs(margin) < NEAR;
}

function doseOf(load: number, { kind, sign, observed, allowed, samples, margin }: LimitEvidence, spread: number): Dose {
  const at = Math.log(load);
  const weight = samples / spread;
  if (kind === "mean") return { at, weight, kind, margin };
  const limit = Math.min(samples / (samples + 1), Math.max(1 / (samples + 1), allowed));
  const [share, zero] = sign === 1 ? [observed, limit] : [1 - observed, 1 - limit];
  return { at, weight, kind, share, zero: logOdds(zero) };
}

/** The same dose as another probe might have seen it: a mean by the normal distribution, a share by its posterior, the limit counting as one attempt before. */
function redrawn(dose: Dose, raised: number, random: Random): Dose {
  const weight = dose.weight / raised;
  if (dose.kind === "mean") return { ...dose, margin: dose.margin + standardNormal(random) / Math.sqrt(weight) };
  const known = Math.max(1, weight * trust(dose));
  const [prior, { share }] = [odds(dose.zero), dose];
  const bad = gammaSample(random, share * known + prior);
  return { ...dose, share: bad / (bad + gammaSample(random, (1 - share) * known + 1 - prior)) };
}
