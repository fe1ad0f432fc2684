import { mannKendall, mean, theilSen } from "../../stats/index.ts";
import type { Facts, StageFacts } from "../facts/types.ts";
import type { LoadLine } from "../verdict/schema.ts";

/** Seconds below which a stage tells nothing of a trend. */
const SHORTEST = 20;
/** Points of a trend; longer stages are averaged to as many. */
const MOST = 300;
/** Of the arrivals, the share that must be left over for the whole stage. */
const LEFT_OVER = 0.02;
/** Of what is in flight at the stage's end, the share that has gathered within it. */
const GATHERED = 0.5;
/** Of the time that an attempt takes at the stage's begin, what it must gain by its end. */
const LONGER = 0.5;
/** Points that the trend of that time needs. */
const ENOUGH = 10;
/** One-sided error of each trend's test. */
const ALPHA = 0.01;

/**
 * The least load of an even, open stage in which requests gathered without end: more came than were answered. Theil's and Sen's slope of those in
 * flight, its interval above zero though neighbours in time resemble each other (Hamed and Rao 1998), and so steep that it is no wave: it takes up a
 * fiftieth of the arrivals, and half of what is in flight at the end has gathered within the stage.
 *
 * An empty system gathers requests, too, until it is as full as the load makes it, for as long as sessions of several turns last. By Little's law (1961) what is in
 * flight is what comes times how long it stays: while a system fills, what is due later stays no longer. Only where the stay grows in the same stage, by the
 * same test and by half, the load is more than what is served. A spike is meant to be.
 *
 * The load of an even stage is even only on average: where by chance ever more came in it, by the same test, what gathers says nothing of its load.
 */
export function saturationOf(facts: Facts): LoadLine["saturated"] {
  const found = facts.stages.filter(isJudged).flatMap((stage) => {
    const slope = growth(facts, stage);
    return slope === undefined ? [] : [{ load: stage.mean, from: stage.from * facts.width, slope }];
  });
  return found.sort((a, b) => a.load - b.load)[0];
}

function isJudged({ unit, isSteady, kind, peak }: StageFacts): boolean {
  return unit === "sessions/s" && isSteady && peak > 0 && kind !== "recovery" && kind !== "chaos" && kind !== "spike";
}

function growth(facts: Facts, { from, to }: StageFacts): { value: number; low: number; high: number } | undefined {
  const { load, width } = facts;
  const seconds = width / 1000;
  if ((to - from) * seconds < SHORTEST) return undefined;
  const step = Math.ceil((to - from) / MOST);
  const series = Float64Array.from({ length: Math.floor((to - from) / step) }, (_, i) =>
    mean(load.inFlight.subarray(from + i * step, from + (i + 1) * step)),
  );
  const at = series.map((_, i) => i * step * seconds);
  const { slope } = theilSen(at, series);
  const trend = mannKendall(series, { slope: slope * step * seconds });
  const { low, high } = theilSen(at, series, { variance: trend.variance });
  const last = mean(series.slice(-Math.max(3, Math.floor(series.length / 10))));
  const gathered = slope * (to - from) * seconds;
  const isGrowth =
    low > 0 &&
    trend.z > 0 &&
    trend.p / 2 < ALPHA &&
    slope > LEFT_OVER * mean(load.started.slice(from, to)) &&
    gathered > GATHERED * last &&
    staysLonger(facts, from, to, step) &&
    !rises(load.started.slice(from, to));
  return isGrowth ? { value: slope, low, high } : undefined;
}

function rises(column: Float64Array): boolean {
  const { slope } = theilSen(
    column.map((_, i) => i),
    column,
  );
  const { z, p } = mannKendall(column, { slope });
  return z > 0 && p / 2 < ALPHA;
}

/** Whether attempts take longer the later in the stage they are due; what still waits counts with its wait so far. */
function staysLonger({ client, width }: Facts, from: number, to: number, step: number): boolean {
  const points = Array.from({ length: Math.floor((to - from) / step) }, (_, i) => {
    const told = client.responseP50
      .subarray(from + i * step, from + (i + 1) * step)
      .filter((value) => Number.isFinite(value));
    return { at: (i * step * width) / 1000, stay: told.length === 0 ? Number.NaN : mean(told) };
  }).filter(({ stay }) => Number.isFinite(stay));
  if (points.length < ENOUGH) return false;
  const series = Float64Array.from(points, ({ stay }) => stay);
  const at = points.map((point) => point.at);
  const { slope } = theilSen(at, series);
  const { z, p } = mannKendall(series, { slope: (slope * ((at.at(-1) ?? 0) - (at[0] ?? 0))) / (at.length - 1) });
  const begin = mean(series.slice(0, Math.max(3, Math.floor(series.length / 10))));
  return z > 0 && p / 2 < ALPHA && slope * (to - from) * (width / 1000) > LONGER * begin;
}
