import { METRIC_NAMES, type MetricName, type Outcome, OUTCOMES, PERCENTILES } from "../base/index.ts";
import {
  ANSWERED,
  answerLimits,
  type Figure,
  figureSql,
  figures,
  goodSql,
  type QueryValue,
  type RunReader,
  sqlList,
  streams,
} from "../record/index.ts";
import { gapMetrics } from "./gaps.ts";

/** What a figure is over: the whole run, a stage, a persona, or a persona within a stage. */
export interface Scope {
  readonly stage?: string;
  readonly persona?: string;
}

/** One metric over one scope, before any is left out. Figures in ms; percentiles by their p, 0 to 1. */
export interface Distribution {
  readonly n: number;
  readonly censored: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly quantiles: ReadonlyMap<number, number>;
  /** Absent without censored attempts. */
  readonly waiting?: Waiting;
}

/** What attempts that were still waiting do to a distribution: their true values are longer, by an unknown time. */
export interface Waiting {
  /** The shortest wait among them: a figure below it is exact, one from it on is only known to be at least so large. */
  readonly from: number;
  /** What the minimum, and the percentiles of the plan's thresholds, are at most: Infinity where only the waiting are left. */
  readonly upperMin: number;
  readonly upper: ReadonlyMap<number, number>;
}

/** Counts over one scope. */
export interface Counts {
  readonly attempts: number;
  readonly sessions: number;
  readonly answered: number;
  readonly errors: number;
  readonly good: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** undefined: no attempt has such a count. */
  readonly tokens: Readonly<Record<"input" | "cached" | "output" | "reasoning", number | undefined>>;
  readonly counted: { readonly server: number; readonly tokenizer: number };
  readonly cost: number | undefined;
  /** Answers, and good ones, whose cost is known. */
  readonly priced: { readonly answered: number; readonly good: number };
  readonly events: number;
  readonly sharedEvents: number;
}

export interface Measured extends Counts {
  readonly metrics: Readonly<Partial<Record<MetricName, Distribution>>>;
}

/** Everything measured, by scope. */
export interface Measurements {
  /** What was measured over a scope; zeros and nothing where no attempt fell into it. */
  of(scope: Scope): Measured;
  /** ms from the run's start to the end of the last attempt; 0 without attempts. */
  readonly lastEnd: number;
}

export interface MeasureOptions {
  /** Percentiles (0 to 1) that thresholds ask for, by metric. */
  readonly percentiles: ReadonlyMap<MetricName, readonly number[]>;
  /** Whether any figure is wanted for a persona within a stage. */
  readonly crossed: boolean;
}

const STANDARD: readonly number[] = Object.values(PERCENTILES);
const ERRORS = OUTCOMES.filter((outcome) => outcome.error).map((outcome) => outcome.name);

/** Reads every figure of a run, one pass over the rows a metric, so that only one metric's values are in memory at once. */
export async function measure(run: RunReader, options: MeasureOptions): Promise<Measurements> {
  const sets = ["()", "(stage)", "(persona)", ...(options.crossed ? ["(stage, persona)"] : [])];
  const all = figures(streams(run.manifest.target.protocol));
  const judged = (metric: MetricName): readonly number[] => [...new Set(options.percentiles.get(metric))];
  const counts = await readCounts(run, sets, goodSql(answerLimits(run.manifest.slo), all));
  const metrics = new Map<string, Partial<Record<MetricName, Distribution>>>();
  const put = (key: string, metric: MetricName, distribution: Distribution): void => {
    const group = metrics.get(key) ?? {};
    group[metric] = distribution;
    metrics.set(key, group);
  };
  for (const figure of all) {
    for (const [key, distribution] of await readFigure(run, figure, sets, judged(figure.name))) {
      put(key, figure.name, distribution);
    }
  }
  for (const [key, distribution] of await gapMetrics(run, withStandard(judged("itl")))) put(key, "itl", distribution);
  const [end] = (await run.query("SELECT max(endAt) FROM samples")).rows;
  return {
    lastEnd: numberOf(end?.[0]) ?? 0,
    of: (scope) => {
      const key = keyOf(scope.stage, scope.persona);
      return { ...(counts.get(key) ?? NOTHING), metrics: metrics.get(key) ?? {} };
    },
  };
}

function withStandard(percentiles: readonly number[]): readonly number[] {
  return [...new Set([...STANDARD, ...percentiles])];
}

export function keyOf(stage: string | undefined, persona: string | undefined): string {
  return JSON.stringify([stage ?? null, persona ?? null]);
}

export function numberOf(value: QueryValue | undefined): number | undefined {
  return typeof value === "number" ? value : typeof value === "string" ? Number(value) : undefined;
}

const NOTHING: Counts = {
  attempts: 0,
  sessions: 0,
  answered: 0,
  errors: 0,
  good: 0,
  outcomes: {},
  tokens: { input: undefined, cached: undefined, output: undefined, reasoning: undefined },
  counted: { server: 0, tokenizer: 0 },
  cost: undefined,
  priced: { answered: 0, good: 0 },
  events: 0,
  sharedEvents: 0,
};

/** Names of the group in a row's first two values: those of sets that do not hold a column are NULL there. */
const GROUP = "stage, persona";

function rowKey(row: readonly QueryValue[]): string {
  const name = (value: QueryValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);
  return keyOf(name(row[0]), name(row[1]));
}

async function readCounts(run: RunReader, sets: readonly string[], good: string): Promise<Map<string, Counts>> {
  const outcomes = OUTCOMES.map((outcome) => `count(*) FILTER (outcome = '${outcome.name}')`);
  const { rows } = await run.query(`
    SELECT ${GROUP}, count(*), count(*) FILTER (turn = 0 AND attempt = 0),
      count(*) FILTER (outcome IN (${sqlList(ANSWERED)})), count(*) FILTER (outcome IN (${sqlList(ERRORS)})),
      count(*) FILTER (${good}),
      sum(inputTokens), sum(cachedTokens), sum(outputTokens), sum(reasoningTokens),
      count(*) FILTER (tokenSource = 'server'), count(*) FILTER (tokenSource = 'tokenizer'),
      sum(cost), count(cost) FILTER (outcome IN (${sqlList(ANSWERED)})), count(cost) FILTER (${good}),
      coalesce(sum(events), 0), coalesce(sum(sharedEvents), 0), ${outcomes.join(", ")}
    FROM samples GROUP BY GROUPING SETS (${sets.join(", ")})`);
  const groups = new Map<string, Counts>();
  for (const row of rows) {
    const [
      attempts,
      sessions,
      answered,
      errors,
      goods,
      input,
      cached,
      output,
      reasoning,
      server,
      tokenizer,
      cost,
      pricedAnswered,
      pricedGood,
      events,
      shared,
      ...ended
    ] = row.slice(2).map(numberOf);
    const counted: Partial<Record<Outcome, number>> = {};
    OUTCOMES.forEach((outcome, i) => {
      const count = ended[i] ?? 0;
      if (count > 0) counted[outcome.name] = count;
    });
    groups.set(rowKey(row), {
      attempts: attempts ?? 0,
      sessions: sessions ?? 0,
      answered: answered ?? 0,
      errors: errors ?? 0,
      good: goods ?? 0,
      outcomes: counted,
      tokens: { input, cached, output, reasoning },
      counted: { server: server ?? 0, tokenizer: tokenizer ?? 0 },
      cost,
      priced: { answered: pricedAnswered ?? 0, good: pricedGood ?? 0 },
      events: events ?? 0,
      sharedEvents: shared ?? 0,
    });
  }
  return groups;
}

/** `judged`: percentiles that thresholds ask for, whose upper bounds are wanted too. */
async function readFigure(
  run: RunReader,
  figure: Figure,
  sets: readonly string[],
  judged: readonly number[],
): Promise<Map<string, Distribution>> {
  const { value, censored } = figureSql(figure);
  const all = withStandard(judged);
  const quantiles = (column: string, percentiles: readonly number[]): string =>
    `quantile_disc(${column}, [${percentiles.join(", ")}])`;
  const grouped = (column: string): string => `
    FROM (SELECT stage, persona, v, c, ${column} AS u FROM (SELECT stage, persona, ${value} AS v, ${censored} AS c FROM samples))
    WHERE v IS NOT NULL GROUP BY GROUPING SETS (${sets.join(", ")})`;
  const { rows: found } = await run.query(
    `SELECT ${GROUP}, count(*), count(*) FILTER (c), min(v), avg(v), max(v), ${quantiles("v", all)},
      min(v) FILTER (c), coalesce(min(v) FILTER (NOT c), 'inf') ${grouped("v")}`,
  );
  const uppers = new Map<string, ReadonlyMap<number, number>>();
  if (judged.length > 0 && found.some((row) => (numberOf(row[3]) ?? 0) > 0)) {
    const upper = await run.query(`SELECT ${GROUP}, ${quantiles("u", judged)} ${grouped(NEVER_ENDED)}`);
    for (const row of upper.rows) uppers.set(rowKey(row), byPercentile(judged, row[2]));
  }
  const groups = new Map<string, Distribution>();
  for (const row of found) {
    const [n, censored = 0, min, mean, max] = row.slice(2, 7).map(numberOf);
    if (n === undefined || n === 0) continue;
    const from = numberOf(row[8]);
    groups.set(rowKey(row), {
      n,
      censored,
      min: min ?? Number.NaN,
      mean: mean ?? Number.NaN,
      max: max ?? Number.NaN,
      quantiles: byPercentile(all, row[7]),
      ...(from === undefined
        ? {}
        : { waiting: { from, upperMin: numberOf(row[9]) ?? Number.NaN, upper: uppers.get(rowKey(row)) ?? new Map() } }),
    });
  }
  return groups;
}

/** Values where those of attempts that were still waiting are without end. */
const NEVER_ENDED = "CASE WHEN c THEN 'inf'::DOUBLE ELSE v END";

function byPercentile(percentiles: readonly number[], values: QueryValue | undefined): ReadonlyMap<number, number> {
  const list: readonly QueryValue[] = Array.isArray(values) ? values : [];
  return new Map(percentiles.map((p, i) => [p, numberOf(list[i]) ?? Number.NaN]));
}

/** The metrics that a run measured at all, in the order of METRICS. */
export function metricsOf(measured: Measured): readonly (readonly [MetricName, Distribution])[] {
  return METRIC_NAMES.flatMap((name): (readonly [MetricName, Distribution])[] => {
    const distribution = measured.metrics[name];
    return distribution ? [[name, distribution]] : [];
  });
}
