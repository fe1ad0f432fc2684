import { randomStream } from "../../base/index.ts";
import { percentileInterval, standardNormal } from "../../stats/index.ts";
import type { LoadEstimate, ProbeSeen } from "./types.ts";

/** One limit's margin at one load. */
interface Point {
  /** Logarithm of the load. */
  readonly at: number;
  readonly margin: number;
  readonly error: number;
}

/** Half width of the window around the crossing in which a margin is taken as straight over the logarithm of the load. */
const WINDOW = Math.log(1.5);
/** Margins beyond these log odds tell the side, not the place: nothing is straight so far out. */
const FARTHEST = 4;
const REDRAWS = 400;

export interface Crossing extends LoadEstimate {
  /** Which limit is reached first, by its place; that of the estimate. */
  readonly limit: number;
}

/**
 * The load at which the first of the limits is reached, from all probes: for each limit a rising line through its margins over the logarithm of the load,
 * by weighted least squares near the crossing (a local linear dose-response; Cleveland, JASA 74 (1979) for the weights), errors raised by
 * the Birge ratio where the probes scatter more than their own errors say; the interval by redrawing every margin from its error (parametric
 * bootstrap, Efron and Tibshirani 1993, chapter 6). Undefined where no limit is crossed among the probes.
 */
export function crossingOf(probes: readonly ProbeSeen[], seed: number): Crossing | undefined {
  const count = Math.max(0, ...probes.map(({ limits }) => limits.length));
  const curves = Array.from({ length: count }, (_, i) => pointsOf(probes, i));
  const found = curves.map((points) => crossing(points));
  const first = lowest(found);
  if (first === undefined) return undefined;
  const random = randomStream(seed, "find", "redraw");
  const scales = curves.map((points, i) => scatter(points, found[i]));
  const drawn: number[] = [];
  for (let i = 0; i < REDRAWS; i++) {
    const again = curves.map((points, j) =>
      found[j] === undefined
        ? undefined
        : crossing(
            points.map((point) => ({
              ...point,
              margin: point.margin + standardNormal(random) * point.error * (scales[j] ?? 1),
            })),
          ),
    );
    const low = lowest(again);
    if (low !== undefined) drawn.push(low.at);
  }
  const value = Math.exp(first.at);
  if (drawn.length < REDRAWS / 2) return { value, low: 0, high: Number.POSITIVE_INFINITY, limit: first.limit };
  const { low, high } = percentileInterval(drawn);
  return { value, low: Math.min(value, Math.exp(low)), high: Math.max(value, Math.exp(high)), limit: first.limit };
}

function lowest(crossings: readonly (Line | undefined)[]): { at: number; limit: number } | undefined {
  let best: { at: number; limit: number } | undefined;
  for (const [limit, line] of crossings.entries()) {
    if (line !== undefined && (best === undefined || line.at < best.at)) best = { at: line.at, limit };
  }
  return best;
}

function pointsOf(probes: readonly ProbeSeen[], limit: number): readonly Point[] {
  return probes.flatMap(({ load, limits }) => {
    const seen = limits[limit];
    return seen === undefined ? [] : [{ at: Math.log(load), margin: seen.margin, error: seen.error }];
  });
}

interface Line {
  /** Where it crosses 0. */
  readonly at: number;
  readonly slope: number;
  readonly points: readonly (Point & { readonly weight: number })[];
}

/** Least slope of log odds over the logarithm of the load: flatter than this nothing is reached. */
const FLATTEST = 0.5;

/** The crossing of one limit; undefined where its margins stay on one side. */
function crossing(points: readonly Point[]): Line | undefined {
  const start = bracketMiddle(points);
  if (start === undefined) return undefined;
  let line = fitAround(points, start);
  for (let i = 0; i < 4 && line !== undefined; i++) line = fitAround(points, line.at) ?? line;
  return line;
}

/** Between the monotone margins' last below and first above 0 (pooled by adjacent violators). */
function bracketMiddle(points: readonly Point[]): number | undefined {
  const sorted = [...points].sort((a, b) => a.at - b.at);
  const pools: { from: number; to: number; sum: number; weight: number }[] = [];
  for (const { at, margin, error } of sorted) {
    const weight = 1 / error ** 2;
    pools.push({ from: at, to: at, sum: margin * weight, weight });
    for (
      let last = pools.at(-1), before = pools.at(-2);
      last && before && before.sum / before.weight >= last.sum / last.weight;
    ) {
      pools.splice(-2, 2, {
        from: before.from,
        to: last.to,
        sum: before.sum + last.sum,
        weight: before.weight + last.weight,
      });
      last = pools.at(-1);
      before = pools.at(-2);
    }
  }
  const above = pools.findIndex(({ sum }) => sum > 0);
  const [below, first] = [pools[above - 1], pools[above]];
  if (below === undefined || first === undefined) return undefined;
  return (below.to + first.from) / 2;
}

function fitAround(points: readonly Point[], centre: number): Line | undefined {
  const clipped = points.map((point) => ({
    ...point,
    margin: Math.max(-FARTHEST, Math.min(FARTHEST, point.margin)),
  }));
  const distances = clipped.map(({ at }) => Math.abs(at - centre)).sort((a, b) => a - b);
  const width = Math.max(WINDOW, 1.05 * (distances[Math.min(2, distances.length - 1)] ?? 0));
  const weighted = clipped
    .map((point) => ({ ...point, weight: tricube((point.at - centre) / width) / point.error ** 2 }))
    .filter(({ weight }) => weight > 0);
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  if (weighted.length < 2 || !(total > 0)) return undefined;
  const meanOf = (of: (point: (typeof weighted)[number]) => number): number =>
    weighted.reduce((sum, point) => sum + point.weight * of(point), 0) / total;
  const [x, y] = [meanOf(({ at }) => at), meanOf(({ margin }) => margin)];
  const across = meanOf(({ at }) => (at - x) ** 2);
  if (!(across > 0)) return undefined;
  const slope = Math.max(FLATTEST, meanOf(({ at, margin }) => (at - x) * (margin - y)) / across);
  return { at: x - y / slope, slope, points: weighted };
}

function tricube(u: number): number {
  const size = Math.abs(u);
  return size >= 1 ? 0 : (1 - size ** 3) ** 3;
}

/** Birge ratio (Phys. Rev. 40, 1932): the root of chi-square over its degrees of freedom around the line, at least 1. */
function scatter(points: readonly Point[], line: Line | undefined): number {
  if (line === undefined) return 1;
  const near = line.points.filter(({ weight, error }) => weight * error ** 2 > 0.05);
  const freedom = near.length - 2;
  if (freedom < 1) return points.length < 3 ? 1.5 : 1;
  const chi2 = near.reduce(
    (sum, { at, margin, error }) => sum + ((margin - line.slope * (at - line.at)) / error) ** 2,
    0,
  );
  return Math.max(1, Math.sqrt(chi2 / freedom));
}
