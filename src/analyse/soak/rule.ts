import { formatBytes, formatDuration, formatMs, formatNumber } from "../../base/index.ts";
import { benjaminiHochberg, mean, mser5 } from "../../stats/index.ts";
import type { Column, Facts, StageFacts } from "../facts/types.ts";
import type { Rule, RuleResult } from "../verdict/rule.ts";
import type { Evidence, Finding } from "../verdict/schema.ts";
import { type Watched, watchedSeries } from "./series.ts";
import { type Trend, trendOf } from "./trend.ts";

const ID = "soak";
/** ms of constant load below which a trend is a moment's. */
const SHORTEST = 120_000;
/** Of a stage, what a warm-up may take at most. */
const WARM_UP = 0.25;
/** False discovery rate over all series of all stages. */
const RATE = 0.01;
const DAY = 86_400_000;
/** Growth in a day, as a share of the level, below which nobody has to act. */
const MATTERS = 0.05;
/** Of the whole slope, what the last half still has to have: a cache that is nearly full has less. */
const STILL = 0.4;
/** Of its limit, where a series has reached it. */
const REACHED = 0.97;
/** A trend is not stretched beyond so many times the time over which it was seen. */
const STRETCH = 100;
/** Times that an attempt stays: in a shorter stretch what requests hold still fills up, or wanders with the few that are there. */
const TURNOVERS = 10;

/** Leaks and drifts in stages of constant load: what grows although nothing else does, and when it reaches its limit. */
export const soakRule: Rule = {
  id: ID,
  look(facts): RuleResult {
    const stages = facts.stages.filter(
      ({ isSteady, mean, from, to }) => isSteady && mean > 0 && (to - from) * facts.width >= SHORTEST,
    );
    const [hasSoak] = facts.stages.filter(({ kind }) => kind === "soak");
    if (stages.length === 0) {
      const lacks =
        hasSoak === undefined
          ? []
          : [
              {
                rule: ID,
                needs: `a stage of constant load of at least ${formatDuration(SHORTEST)}`,
                hint: "Lengthen the soak: a leak shows in hours, not in seconds.",
              },
            ];
      return { findings: [], lacks };
    }
    const watched = watchedSeries(facts);
    const tested = stages.flatMap((stage) => watched.flatMap((series) => test(facts, stage, series) ?? []));
    const rates = benjaminiHochberg(tested.map(({ trend }) => trend.p));
    return {
      findings: tested.flatMap((one, i) => {
        const q = rates[i] ?? 1;
        return q < RATE && isGrowth(one) ? [findingOf(facts, one, q, tested.length)] : [];
      }),
      lacks: [],
    };
  },
};

interface Tested {
  readonly stage: StageFacts;
  readonly series: Watched;
  readonly trend: Trend;
  /** Bins. */
  readonly from: number;
  readonly to: number;
  /** It reached its limit inside the stage, and was looked at up to there. */
  readonly reached: boolean;
  /** Growth of what would explain it, as a share of its level over the same time; NaN where nothing does. */
  readonly explained: number;
}

function test(facts: Facts, stage: StageFacts, series: Watched): Tested | undefined {
  const warm = Math.min(mser5(filled(facts.load.inFlight, stage)), Math.floor(WARM_UP * (stage.to - stage.from)));
  const from = stage.from + warm;
  const limit = series.kind === "latency" ? undefined : series.limit;
  const hit =
    limit === undefined ? -1 : series.values.slice(from, stage.to).findIndex((value) => value >= REACHED * limit);
  const to = hit === -1 ? stage.to : from + hit;
  const trend = trendOf(series.values.subarray(from, to), facts.width);
  if (trend === undefined) return undefined;
  if (series.explainedBy !== undefined && hit === -1 && (to - from) * facts.width < TURNOVERS * stay(facts, from, to))
    return undefined;
  const cause =
    series.explainedBy === undefined ? undefined : trendOf(series.explainedBy.subarray(from, to), facts.width);
  return {
    stage,
    series,
    trend,
    from,
    to,
    reached: hit !== -1,
    explained: cause === undefined || cause.p > 0.05 ? Number.NaN : growth(cause),
  };
}

/** What attempts that end in a stretch have taken, ms; 0 where none ended. */
function stay({ client }: Facts, from: number, to: number): number {
  const told = Array.from(client.responseP50.subarray(from, to)).filter(Number.isFinite);
  return told.length === 0 ? 0 : mean(told);
}

/** A bin in which nothing was counted has the stage's last value. */
function filled(column: Column, { from, to }: StageFacts): readonly number[] {
  let last = 0;
  return Array.from(column.subarray(from, to), (value) => {
    if (Number.isFinite(value)) last = value;
    return last;
  });
}

const growth = ({ slope, length, level }: Trend): number =>
  (slope * length) / Math.max(Math.abs(level), Number.MIN_VALUE);

function isGrowth({ trend, reached, series, explained }: Tested): boolean {
  if (!(trend.slope > 0) || trend.slope * DAY <= MATTERS * Math.abs(trend.level)) return false;
  if (explained > 0.5 * growth(trend)) return false;
  if (reached) return true;
  const fills = trend.plateau !== undefined && !(series.limit !== undefined && trend.plateau > series.limit);
  return !fills && trend.lastHalf > STILL * trend.slope;
}

function findingOf(facts: Facts, tested: Tested, q: number, series: number): Finding {
  const { stage, trend, from, to } = tested;
  const { what, kind, component, unit, measure } = tested.series;
  const left = timeLeft(tested);
  const hour = (perMs: number): string => say(perMs * 3_600_000, unit);
  const whose = component === "target" ? "" : ` of ${component}`;
  const start = what.charAt(0).toUpperCase() + what.slice(1);
  const end = tested.reached
    ? `and reached its limit after ${formatDuration((to - stage.from) * facts.width)}`
    : left === undefined
      ? `by ${Math.round((trend.slope * 3_600_000 * 100) / trend.level)} % an hour`
      : `and reaches its limit in about ${formatDuration(Math.round(left.at / 60_000) * 60_000)}`;
  return {
    id: `${ID}.${kind}:${component}:${measure}:${stage.name}`,
    kind: `${ID}.${kind}`,
    severity: severityOf(tested, left?.at),
    title: `${start}${whose} grows although the load does not, ${end}.`,
    component,
    from: from * facts.width,
    to: to * facts.width,
    loadAtOnset: stage.mean,
    evidence: [
      {
        measure,
        unit,
        before: trend.now - trend.slope * trend.length,
        after: trend.now,
        speaks: "for",
        test: "Mann-Kendall, variance by Hamed and Rao, Benjamini-Hochberg over all series",
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
  return { at: room / trend.slope, soonest: room / trend.high, latest: room / Math.max(trend.low, Number.MIN_VALUE) };
}

function severityOf({ trend, reached }: Tested, left: number | undefined): Finding["severity"] {
  if (reached) return "high";
  if (left === undefined) return trend.slope * DAY > trend.level ? "medium" : "low";
  if (left > STRETCH * trend.length) return "low";
  return left < DAY ? "high" : left < 7 * DAY ? "medium" : "low";
}

function explanation({ series, explained, trend }: Tested): readonly Evidence[] {
  if (series.explainedBy === undefined) return [];
  const isKnown = explained > 0;
  return [
    {
      measure: series.kind === "kv" ? "server.running" : "attempts in flight",
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
