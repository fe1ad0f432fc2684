import type { Threshold, ThresholdSubject } from "../../plan/index.ts";
import { answerLimits, figureSql, figures, goodSql, type RunManifest, sqlList, streams } from "../../record/index.ts";
import { binSql } from "../facts/bins.ts";
import type { Column, Facts } from "../facts/types.ts";
import { fewestFor, shareOf } from "../judge.ts";
import { baselineStage } from "../live-thresholds.ts";
import { numberOf } from "../scope.ts";

/**
 * One threshold over the run's bins. Whatever it is about, it holds over some bins where the sum of their margins is not above zero: of a
 * percentile, the attempts beyond the limit less the share of them that may be; of a rate, a mean or a price, what was counted less the limit times
 * what it is counted over.
 */
export interface Limit {
  readonly threshold: Threshold;
  /** By the bin in which the attempt was due; of gaps, in which they ended. */
  readonly margin: Column;
  /** What the margin of a bin is out of: attempts, gaps, answers or seconds. */
  readonly weight: Column;
  readonly samples: number;
  /** Fewest samples beyond a load that can show it broken. */
  readonly least: number;
  /** Samples at a load, or beyond it, that are enough to say that it holds there. */
  readonly enough: number;
  /** Seconds that a queue must cost before it is broken; absent where it is not about waiting. */
  readonly wait?: number;
  /** The load from which on it can hold at all: a rate of answers needs as many questions. */
  readonly from?: number;
}

export interface Unjudged {
  readonly threshold: Threshold;
  readonly samples: number;
  readonly why: string;
}

export async function readLimits(facts: Facts): Promise<readonly (Limit | Unjudged)[]> {
  const limits: (Limit | Unjudged)[] = [];
  for (const threshold of facts.manifest.slo) limits.push(await readLimit(facts, threshold));
  return limits;
}

/** Over `samples` or `gaps`: what is counted, what it is counted over, and how much of the second there may be for each of the first. */
interface Ratio {
  readonly table: "samples" | "gaps";
  readonly count: string;
  readonly over: string;
  /** What counts as a sample; default: `over`. */
  readonly weight?: string;
  readonly atMost: number;
  readonly least: number;
  readonly enough: number;
}

async function readLimit(facts: Facts, threshold: Threshold): Promise<Limit | Unjudged> {
  const unjudged = (why: string, samples = 0): Unjudged => ({ threshold, samples, why });
  const stage = facts.manifest.stages.find(({ name }) => name === threshold.filters.stage);
  const kind = stage === undefined ? undefined : NO_LOADS[stage.kind];
  if (kind !== undefined) return unjudged(kind);
  const limit = await limitOf(facts, threshold);
  if (typeof limit === "string") return unjudged(limit);
  const ratio = ratioOf(facts.manifest, threshold, limit);
  if (typeof ratio === "string") return unjudged(ratio);
  const bins = { width: facts.width, count: facts.bins };
  const time = ratio.table === "gaps" ? "second * 1000" : "scheduledAt";
  const rows = await facts.query(`
    SELECT ${binSql(bins, time)} AS bin, ${ratio.count}, ${ratio.over}, ${ratio.weight ?? ratio.over}
    FROM ${ratio.table} WHERE ${time} IS NOT NULL AND ${where(threshold.filters)} GROUP BY bin`);
  const [margin, weight] = [new Float64Array(facts.bins), new Float64Array(facts.bins)];
  let samples = 0;
  for (const row of rows) {
    const [bin = -1, count = 0, over = 0, out = 0] = row.map(figure);
    margin[bin] = count - ratio.atMost * over;
    weight[bin] = out;
    samples += out;
  }
  if (samples === 0) return unjudged("nothing was measured");
  const percentile = percentileOf(threshold.subject);
  if (percentile !== undefined && samples < fewestFor(percentile)) {
    return unjudged(
      `${samples} ${samples === 1 ? "sample" : "samples"} cannot carry it; it needs ${fewestFor(percentile)}`,
      samples,
    );
  }
  const { least, enough } = ratio;
  const read = { threshold, margin, weight, samples, least, enough };
  if (threshold.subject.kind === "rates") return overTime(facts, read, limit);
  const wait = waitOf(facts, threshold.subject, limit);
  return { ...read, ...(wait === undefined ? {} : { wait }) };
}

/** A rate of answers: what lacks to the limit in each second, from the load on that brings as many questions. */
function overTime(facts: Facts, limit: Limit, rate: number): Limit {
  const seconds = facts.width / 1000;
  const { asked } = facts.load;
  let [due, load] = [0, 0];
  for (let i = 0; i < facts.bins; i++) {
    const at = asked[i] ?? Number.NaN;
    if (!(at > 0)) continue;
    due += limit.weight[i] ?? 0;
    load += at * seconds;
  }
  const margin = limit.margin.map((answers) => rate * seconds + answers);
  return { ...limit, margin, weight: margin.map(() => seconds), from: (rate * load) / due };
}

const WAITS: Readonly<Partial<Record<string, "ttftP50" | "responseP50">>> = {
  response: "responseP50",
  service: "responseP50",
  ttfb: "ttftP50",
  ttft: "ttftP50",
  ttfo: "ttftP50",
};

/** Seconds between such a latency at the run's best and its limit; 0 for latencies that a queue does not lengthen. */
function waitOf({ client }: Facts, subject: ThresholdSubject, limit: number): number | undefined {
  if (subject.kind !== "metric") return undefined;
  const column = WAITS[subject.metric];
  if (column === undefined) return 0;
  const best = client[column].filter((value) => !Number.isNaN(value)).sort();
  return Math.max(0, limit - (best[Math.floor(best.length / 10)] ?? 0)) / 1000;
}

function figure(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? (numberOf(value) ?? 0) : 0;
}

/** What a threshold on one stage of such a kind cannot say. */
const NO_LOADS: Readonly<Record<string, string>> = {
  recovery: "it is about a recovery: how the system comes back, not how much it carries",
  chaos: "it is about a time of faults, not about how much the system carries",
};

function percentileOf(subject: ThresholdSubject): number | undefined {
  if (subject.kind !== "metric" || typeof subject.aggregate === "string") return undefined;
  return shareOf(subject.aggregate.percentile);
}

function where({ stage, persona }: Threshold["filters"]): string {
  const parts = [
    ...(stage === undefined ? [] : [`stage = ${sqlList([stage])}`]),
    ...(persona === undefined ? [] : [`persona = ${sqlList([persona])}`]),
  ];
  return parts.length === 0 ? "TRUE" : parts.join(" AND ");
}

/** In base units; a factor of the baseline stage's own figure where the plan says so, else why there is none. */
async function limitOf(facts: Facts, { limit, subject, filters }: Threshold): Promise<number | string> {
  if (limit.kind === "value") return limit.value;
  const stage = baselineStage(facts.manifest.stages);
  if (stage === undefined) return "the plan has no stage of kind baseline or rest to compare with";
  const sql = figureOf(facts.manifest, subject);
  if (sql === undefined) return "such a figure of the baseline is not to be compared with a load";
  const [row] = await facts.query(`SELECT ${sql.value} FROM ${sql.table} WHERE ${where({ ...filters, stage })}`);
  const base = row?.[0];
  return typeof base === "number" ? base * limit.factor : "no baseline: nothing was measured";
}

function valueOf(manifest: RunManifest, metric: string): { value: string; censored: string } | undefined {
  const found = figures(streams(manifest.target.protocol)).find(({ name }) => name === metric);
  return found === undefined ? undefined : figureSql(found);
}

/** A latency over a whole stage. */
function figureOf(
  manifest: RunManifest,
  subject: ThresholdSubject,
): { readonly table: string; readonly value: string } | undefined {
  if (subject.kind === "errors.rate") return { table: "samples", value: "avg(isError::INTEGER)::DOUBLE" };
  if (subject.kind !== "metric" || subject.metric === "itl" || subject.aggregate === "min") return undefined;
  const value = valueOf(manifest, subject.metric)?.value;
  const p = percentileOf(subject);
  if (value === undefined || (p === undefined && subject.aggregate !== "mean")) return undefined;
  return {
    table: "samples",
    value: p === undefined ? `avg(${value})::DOUBLE` : `quantile_disc(${value}, ${p})::DOUBLE`,
  };
}

const GROWS = "a total grows with the length of the run, whatever the load";

/** How each kind of threshold is counted, or why no load follows from it. */
function ratioOf(manifest: RunManifest, { subject, operator }: Threshold, limit: number): Ratio | string {
  const upper = operator.startsWith("<");
  if (!upper && !operator.startsWith(">")) return "it asks for one value exactly";
  switch (subject.kind) {
    case "metric":
      return upper
        ? latencyRatio(manifest, subject, limit, operator === "<=")
        : "it bounds a latency from below, which no load breaks";
    case "errors.rate":
      return share("isError", limit, upper);
    case "outcomes":
      return subject.aggregate === "rate" ? share(`outcome = ${sqlList([subject.outcome])}`, limit, upper) : GROWS;
    case "rates": {
      const counted = { goodput: good(manifest), completed: "isAnswer", started: undefined, asked: undefined };
      const fits = counted[subject.rate];
      if (fits === undefined) return "it is about the load itself";
      if (upper) return "it bounds a rate of answers from above, which is no limit of a load";
      // Negative: more is better. `overTime` adds the limit.
      return {
        table: "samples",
        count: `-count(*) FILTER (${fits})`,
        over: "count(*)",
        atMost: 0,
        least: 1,
        enough: FEW,
      };
    }
    case "tokens":
      return GROWS;
    case "cost": {
      if (subject.aggregate === "total") return GROWS;
      if (!upper) return "it bounds a price from below, which no load breaks";
      const fits = subject.aggregate === "perGoodAnswer" ? good(manifest) : "isAnswer";
      return {
        table: "samples",
        count: "coalesce(sum(cost), 0)",
        over: `count(cost) FILTER (${fits})`,
        weight: "count(cost)",
        atMost: limit,
        least: 10,
        enough: FEW,
      };
    }
  }
}

function good(manifest: RunManifest): string {
  return goodSql(answerLimits(manifest.slo), figures(streams(manifest.target.protocol)));
}

/** At most, or at least, so large a share of the attempts. */
function share(fits: string, limit: number, upper: boolean): Ratio {
  const count = `count(*) FILTER (${upper ? fits : `NOT (${fits})`})`;
  const atMost = upper ? limit : 1 - limit;
  return { table: "samples", count, over: "count(*)", atMost, least: leastFor(atMost), enough: 3 * leastFor(atMost) };
}

function latencyRatio(
  manifest: RunManifest,
  subject: Extract<ThresholdSubject, { kind: "metric" }>,
  limit: number,
  inclusive: boolean,
): Ratio | string {
  if (subject.aggregate === "min") return "the shortest of all says nothing of a load";
  if (subject.aggregate === "max") return "the longest of all grows with the number of attempts, whatever the load";
  const beyond = inclusive ? ">" : ">=";
  const p = percentileOf(subject);
  const atMost = p === undefined ? limit : 1 - p;
  const least = p === undefined ? 10 : leastFor(1 - p);
  const enough = p === undefined ? FEW : fewestFor(p);
  if (subject.metric === "itl") {
    const middle = "(bucketLow + bucketHigh) / 2";
    const count =
      p === undefined ? `sum(count * ${middle})` : `coalesce(sum(count) FILTER (${middle} ${beyond} ${limit}), 0)`;
    return { table: "gaps", count, over: "sum(count)", atMost, least, enough };
  }
  const sql = valueOf(manifest, subject.metric);
  if (sql === undefined) return "the target's protocol has no such figure";
  // Whoever was still waiting counts as longer than the limit: how much longer than the wait so far is not known.
  const count =
    p === undefined
      ? `coalesce(sum(${sql.value}), 0)`
      : `count(*) FILTER ((${sql.value}) ${beyond} ${limit} OR ((${sql.value}) IS NOT NULL AND ${sql.censored}))`;
  return { table: "samples", count, over: `count(${sql.value})`, atMost, least, enough };
}

/** Samples of a mean, or seconds of a rate. */
const FEW = 30;

/** Samples in which a share of so many is at least one; three times as many without one bound it with 95 % (the rule of three). */
function leastFor(share: number): number {
  return Math.max(10, Math.ceil(1 / Math.max(share, 1e-3)));
}
