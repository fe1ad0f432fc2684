import { formatBytes, formatDuration, formatMs, formatNumber } from "../../base/index.ts";
import { benjaminiHochberg, median, mser5 } from "../../stats/index.ts";
import type { Column, Facts } from "../facts/types.ts";
import { isSameLoad, memoryOf, type Stretch, settledFrom, stretchesOf } from "../stretch.ts";
import type { Rule, RuleResult } from "../verdict/rule.ts";
import type { Evidence, Finding } from "../verdict/schema.ts";
import { type Watched, watchedSeries } from "./series.ts";
import { type Trend, trendOf } from "./trend.ts";

const ID = "soak";
/** ms of constant load below which a trend is a moment's, and how many times over the system's own memory has to fit into it. */
const SHORTEST = 120_000;
const MEMORIES = 10;
/** Of a stretch, what a warm-up may take at most beyond the filling. */
const WARM_UP = 0.25;
/** False discovery rate over all series of all stretches. */
const RATE = 0.01;
const DAY = 86_400_000;
/** Growth in a day, as a share of the level, below which nobody has to act. */
const MATTERS = 0.05;
/** Of the whole slope, what the last half still has to have: a cache that is nearly full has less. */
const STILL = 0.4;
/** Of its limit, where a series has reached it. */
const REACHED = 0.97;
/** A trend is not stretched beyond so many times the time over which it was seen. */
const STRETCH = 5;

/** Leaks and drifts at constant load: what grows although nothing else does, and when it reaches its limit. */
export const soakRule: Rule = {
  id: ID,
  async look(facts): Promise<RuleResult> {
    const held = stretchesOf(facts.stages);
    const watched = watchedSeries(facts);
    const seen = await Promise.all(
      held.map(async (stretch): Promise<Seen> => {
        if ((stretch.to - stretch.from) * facts.width < SHORTEST) return { tested: [] };
        const memory = await memoryOf(facts, stretch);
        const from = settledFrom(stretch, memory);
        const needs = Math.max(SHORTEST / facts.width - (from - stretch.from), MEMORIES * memory);
        if (stretch.to - from < needs) return { tested: [], needs: (from - stretch.from + needs) * facts.width };
        return { tested: watched.flatMap((series) => test(facts, stretch, { series, settled: from, memory }) ?? []) };
      }),
    );
    const tested = seen.flatMap((one) => one.tested);
    const rates = benjaminiHochberg(tested.map(({ p }) => p));
    const grown = tested.flatMap((one, i) => {
      const q = rates[i] ?? 1;
      return q < RATE && isGrowth(one) ? [{ one, q }] : [];
    });
    return {
      findings: grown
        .filter(({ one }) => !held.some((later) => contradicts(later, one, tested)))
        .map(({ one, q }) => findingOf(facts, one, q, tested.length)),
      lacks: tested.length === 0 ? lacksOf(facts, seen) : [],
    };
  },
};

interface Seen {
  readonly tested: readonly Tested[];
  /** ms of constant load that it would have to last; absent where it is not even looked at. */
  readonly needs?: number;
}

function lacksOf(facts: Facts, seen: readonly Seen[]): RuleResult["lacks"] {
  if (!facts.stages.some(({ kind }) => kind === "soak")) return [];
  const needs = Math.max(SHORTEST, Math.min(...seen.map((one) => one.needs ?? Number.POSITIVE_INFINITY)));
  const least = Number.isFinite(needs) ? needs : SHORTEST;
  return [
    {
      rule: ID,
      needs: `a stage of constant load of at least ${formatDuration(Math.ceil(least / 1000) * 1000)}`,
      hint: "Lengthen the soak: a leak shows in hours, not in seconds.",
    },
  ];
}

interface Tested {
  readonly stretch: Stretch;
  readonly series: Watched;
  readonly trend: Trend;
  /** Of the series and, where something holds it, of the series against that. */
  readonly p: number;
  /** Bins. */
  readonly from: number;
  readonly to: number;
  /** It reached its limit inside the stretch, and was looked at up to there. */
  readonly reached: boolean;
  /** Growth of what would explain it, as a share of its level over the same time; NaN where nothing does. */
  readonly explained: number;
  /** Growth for each unit of what holds it, as a share; absent where nothing does. */
  readonly unheld?: number;
}

interface Setting {
  readonly series: Watched;
  /** Bins. */
  readonly settled: number;
  readonly memory: number;
}

function test(facts: Facts, stretch: Stretch, { series, settled, memory }: Setting): Tested | undefined {
  const warm = mser5(filled(facts.load.inFlight, settled, stretch.to));
  const from = settled + Math.min(warm, Math.floor(WARM_UP * (stretch.to - settled)));
  const limit = series.kind === "latency" ? undefined : series.limit;
  const hit =
    limit === undefined ? -1 : series.values.slice(from, stretch.to).findIndex((value) => value >= REACHED * limit);
  const to = hit === -1 ? stretch.to : from + hit;
  const ms = memory * facts.width;
  const trend = trendOf(series.values.subarray(from, to), facts.width, ms);
  if (trend === undefined) return undefined;
  const cause =
    series.explainedBy === undefined ? undefined : trendOf(series.explainedBy.subarray(from, to), facts.width, ms);
  const base = {
    stretch,
    series,
    trend,
    p: trend.p,
    from,
    to,
    reached: hit !== -1,
    explained: cause === undefined || cause.p > 0.05 ? Number.NaN : growth(cause),
  };
  if (series.heldBy === undefined) return base;
  const size = Math.min(GROUP, Math.max(1, Math.floor((to - from) / FEWEST)));
  const each = trendOf(against(series.values, series.heldBy.values, { from, to, size }), size * facts.width, ms);
  return each === undefined ? undefined : { ...base, p: Math.max(trend.p, each.p), unheld: growth(each) };
}

/** Bins of a group of which one ratio is made, and groups at least. */
const GROUP = 10;
const FEWEST = 48;

/** Sums over sums of groups of bins, in which what holds a series is rarely nothing. */
function against(
  above: Column,
  below: Column,
  { from, to, size }: { readonly from: number; readonly to: number; readonly size: number },
): readonly number[] {
  return Array.from({ length: Math.floor((to - from) / size) }, (_, group) => {
    let [top, bottom] = [0, 0];
    for (let bin = from + group * size; bin < from + (group + 1) * size; bin++) {
      const [value, held] = [above[bin] ?? Number.NaN, below[bin] ?? Number.NaN];
      if (!Number.isFinite(value) || !Number.isFinite(held)) continue;
      top += value;
      bottom += held;
    }
    return bottom > 0 ? top / bottom : Number.NaN;
  });
}

/** A bin in which nothing was counted has the value before it. */
function filled(column: Column, from: number, to: number): readonly number[] {
  let last = 0;
  return Array.from(column.subarray(from, to), (value) => {
    if (Number.isFinite(value)) last = value;
    return last;
  });
}

/** Bins of a later stretch from which on its level means anything. */
const LEVEL = 30;

/**
 * What was lost does not come back by itself: a later stretch of the same load in which the series does not grow, and that lies below the middle of
 * the growth or rises by less than half as much, shows that it was none.
 */
function contradicts(later: Stretch, one: Tested, tested: readonly Tested[]): boolean {
  const { stretch, trend, series } = one;
  if (later.from < stretch.to || later.unit !== stretch.unit || !isSameLoad(later.load, stretch.load)) return false;
  const again = tested.find((other) => other.stretch === later && other.series === series);
  if (again !== undefined && again.p < RATE && again.trend.slope > 0) return false;
  if (again !== undefined && again.trend.high < trend.slope / 2 && !one.reached) return true;
  const values = series.values.slice(later.from, later.to).filter(Number.isFinite);
  return values.length >= LEVEL && median(values) < trend.level && !one.reached;
}

const growth = ({ slope, length, level }: Trend): number =>
  (slope * length) / Math.max(Math.abs(level), Number.MIN_VALUE);

function isGrowth({ trend, reached, series, explained, unheld }: Tested): boolean {
  if (!(trend.slope > 0) || trend.slope * DAY <= MATTERS * Math.abs(trend.level)) return false;
  if (growth(trend) < series.least || explained > 0.5 * growth(trend)) return false;
  if (unheld !== undefined && !(unheld >= Math.max(series.least, 0.5 * growth(trend)))) return false;
  if (reached) return true;
  const fills = trend.plateau !== undefined && !(series.limit !== undefined && trend.plateau > series.limit);
  return !fills && trend.lastHalf > STILL * trend.slope;
}

function findingOf(facts: Facts, tested: Tested, q: number, series: number): Finding {
  const { stretch, trend, from, to } = tested;
  const { what, kind, component, unit, measure } = tested.series;
  const left = timeLeft(tested);
  const hour = (perMs: number): string => say(perMs * 3_600_000, unit);
  const whose = component === "target" ? "" : ` of ${component}`;
  const start = what.charAt(0).toUpperCase() + what.slice(1);
  const end = tested.reached
    ? `and reached its limit after ${formatDuration((to - stretch.from) * facts.width)}`
    : left === undefined
      ? `by ${Math.round((trend.slope * 3_600_000 * 100) / trend.level)} % an hour`
      : `and reaches its limit in about ${formatDuration(Math.round(left.at / 60_000) * 60_000)}`;
  return {
    id: `${ID}.${kind}:${component}:${measure}:${stretch.name}`,
    kind: `${ID}.${kind}`,
    severity: severityOf(tested, left?.at),
    title: `${start}${whose} grows although the load does not, ${end}.`,
    component,
    from: from * facts.width,
    to: to * facts.width,
    loadAtOnset: stretch.load,
    evidence: [
      {
        measure,
        unit,
        before: trend.now - trend.slope * trend.length,
        after: trend.now,
        speaks: "for",
        test: "Mann-Kendall, variance by Hamed and Rao and by the sessions' length, Benjamini-Hochberg over all series",
        p: q,
        effect: trend.slope * 3_600_000,
        samples: trend.blocks,
        words: `it rises by ${hour(trend.slope)} an hour (95 %: ${hour(trend.low)} to ${hour(trend.high)}); ${series} series were tested`,
      },
      {
        measure: `${measure}, last half`,
        unit: `${unit} an hour`,
        after: trend.lastHalf * 3_600_000,
        speaks: "for",
        samples: Math.ceil(trend.blocks / 2),
        words: tested.reached
          ? "it grew until its limit was reached"
          : "it still rises in the last half, so that it is not a cache that fills up",
      },
      ...explanation(tested),
      ...leftEvidence(tested, left),
    ],
    confidence: Math.min(0.95, 0.7 + 0.05 * Math.min(5, -Math.log10(Math.max(q, 1e-12)) - 2)),
    advice: [ADVICE[kind] ?? ADVICE_OTHER],
  };
}

const UNITS: Readonly<Record<string, (value: number) => string>> = {
  "0 to 1": (value) => `${formatNumber(Number((value * 100).toPrecision(3)))} %`,
  bytes: formatBytes,
  ms: formatMs,
};

function say(value: number, unit: string): string {
  return UNITS[unit]?.(value) ?? `${formatNumber(Number(value.toPrecision(3)))} ${unit}`;
}

interface Left {
  /** ms */
  readonly at: number;
  readonly soonest: number;
  readonly latest: number;
}

function timeLeft({ trend, series: { limit }, reached }: Tested): Left | undefined {
  if (limit === undefined) return undefined;
  if (reached) return { at: 0, soonest: 0, latest: 0 };
  const room = Math.max(0, limit - trend.now);
  if (room / trend.slope > STRETCH * trend.length) return undefined;
  return { at: room / trend.slope, soonest: room / trend.high, latest: room / Math.max(trend.low, Number.MIN_VALUE) };
}

function severityOf({ trend, reached }: Tested, left: number | undefined): Finding["severity"] {
  if (reached) return "high";
  if (left === undefined) return trend.slope * DAY > trend.level ? "medium" : "low";
  return left < DAY ? "high" : left < 7 * DAY ? "medium" : "low";
}

function explanation({ series, explained, trend, unheld }: Tested): readonly Evidence[] {
  if (series.heldBy !== undefined && unheld !== undefined) {
    return [
      {
        measure: `${series.measure} for each of ${series.heldBy.measure}`,
        unit: "growth as a share",
        after: unheld,
        speaks: "for",
        words: `requests at work hold ${(unheld * 100).toFixed(0)} % more of it each than when the stretch began, so that it is not they who need more`,
      },
    ];
  }
  if (series.explainedBy === undefined) return [];
  const isKnown = explained > 0;
  return [
    {
      measure: "attempts in flight",
      unit: "growth as a share",
      before: growth(trend),
      after: isKnown ? explained : 0,
      speaks: isKnown ? "against" : "for",
      words: isKnown
        ? "requests at work grow too, but far less"
        : "requests at work do not grow, so that they do not explain it",
    },
  ];
}

function leftEvidence({ series, reached }: Tested, left: Left | undefined): readonly Evidence[] {
  if (left === undefined || reached) return [];
  const time = (ms: number): string =>
    ms > 365 * DAY ? "more than a year" : formatDuration(Math.round(ms / 60_000) * 60_000);
  return [
    {
      measure: "time to the limit",
      unit: "ms",
      after: left.at,
      speaks: "for",
      words: `at this rate ${series.what} reaches ${say(series.limit ?? 0, series.unit)} in ${time(left.at)} (${time(left.soonest)} to ${time(left.latest)})`,
    },
  ];
}

const RETEST = "a soak twice as long at the same load: the slope, and whether it is gone";
const ADVICE: Readonly<Record<string, Finding["advice"][number]>> = {
  memory: {
    do: "Look for what is kept for each request: compare two heap profiles taken an hour apart",
    why: "memory that grows at constant load is not given back",
    retest: RETEST,
  },
  kv: {
    do: "Check that blocks are freed when an answer ends, is cancelled or fails",
    why: "KV memory grows while as many requests run as before",
    retest: RETEST,
  },
  files: {
    do: "Close files and sockets when their request ends, however it ends",
    why: "open files grow at constant load until the limit refuses the next",
    retest: RETEST,
  },
  connections: {
    do: "Give connections back to their pool when their request fails or is cancelled",
    why: "open connections grow at constant load until none is left",
    retest: RETEST,
  },
};
const ADVICE_OTHER: Finding["advice"][number] = {
  do: "Find what the server has more of at the end than at the start: data, sessions, log, fragments",
  why: "it gets slower at the same load",
  retest: RETEST,
};
