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
  /** The same figures were the censored attempts never to have ended: Infinity where they reach. Absent without any. */
  readonly upper?: Bounds;
}

export interface Bounds {
  readonly min: number;
  readonly quantiles: ReadonlyMap<number, number>;
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
  /** Percentiles (0 to 1) wanted beyond the standard ones, by metric. */
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
  const wanted = (metric: MetricName): readonly number[] => [
    ...new Set([...STANDARD, ...(options.percentiles.get(metric) ?? [])]),
  ];
  const counts = await readCounts(run, sets, goodSql(answerLimits(run.manifest.slo), all));
  const metrics = new Map<string, Partial<Record<MetricName, Distribution>>>();
  const put = (key: string, metric: MetricName, distribution: Distribution): void => {
    const group = metrics.get(key) ?? {};
    group[metric] = distribution;
    metrics.set(key, group);
  };
  for (const figure of all) {
    for (const [key, distribution] of await readFigure(run, figure, sets, wanted(figure.name))) {
      put(key, figure.name, distribution);
    }
  }
  for (const [key, distribution] of await gapMetrics(run, wanted("itl"))) put(key, "itl", distribution);
  const [end] = (await run.query("SELECT max(endAt) FROM samples")).rows;
  return {
    lastEnd: numberOf(end?.[0]) ?? 0,
    of: (scope) => {
      const key = keyOf(scope.stage, scope.persona);
      return { ...(counts.get(key) ?? NOTHING), metrics: metrics.get(key) ?? {} };
    },
  };
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

async function readFigure(
  run: RunReader,
  figure: Figure,
  sets: readonly string[],
  percentiles: readonly number[],
): Promise<Map<string, Distribution>> {
  const { value, censored } = figureSql(figure);
  const rows = `SELECT stage, persona, ${value} AS v, ${censored} AS c FROM samples`;
  const quantiles = (column: string): string => `quantile_disc(${column}, [${percentiles.join(", ")}])`;
  const grouped = `FROM (${rows}) WHERE v IS NOT NULL GROUP BY GROUPING SETS (${sets.join(", ")})`;
  const plain = await run.query(
    `SELECT ${GROUP}, count(*), count(*) FILTER (c), min(v), avg(v), max(v), ${quantiles("v")} ${grouped}`,
  );
  const uppers = new Map<string, Bounds>();
  if (plain.rows.some((row) => (numberOf(row[3]) ?? 0) > 0)) {
    const bounded = `SELECT stage, persona, CASE WHEN c THEN 'inf'::DOUBLE ELSE v END AS u FROM (${rows}) WHERE v IS NOT NULL`;
    const upper = await run.query(
      `SELECT ${GROUP}, min(u), ${quantiles("u")} FROM (${bounded}) GROUP BY GROUPING SETS (${sets.join(", ")})`,
    );
    for (const row of upper.rows) {
      uppers.set(rowKey(row), { min: numberOf(row[2]) ?? Number.NaN, quantiles: byPercentile(percentiles, row[3]) });
    }
  }
  const groups = new Map<string, Distribution>();
  for (const row of plain.rows) {
    const [n, waiting, min, mean, max] = row.slice(2, 7).map(numberOf);
    if (n === undefined || n === 0) continue;
    const upper = (waiting ?? 0) > 0 ? uppers.get(rowKey(row)) : undefined;
    groups.set(rowKey(row), {
      n,
      censored: waiting ?? 0,
      min: min ?? Number.NaN,
      mean: mean ?? Number.NaN,
      max: max ?? Number.NaN,
      quantiles: byPercentile(percentiles, row[7]),
      ...(upper ? { upper } : {}),
    });
  }
  return groups;
}

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
