import { OUTCOMES } from "../../base/index.ts";
import { answerLimits, figures, goodSql, sqlList, streams } from "../../record/index.ts";
import type { Facts } from "../facts/types.ts";

export const WASTES = ["failed", "abandoned", "retried"] as const;
export type Waste = (typeof WASTES)[number];

/** What a stretch of the run cost. Dollars. */
export interface Spent {
  readonly attempts: number;
  /** Attempts whose cost is known. */
  readonly priced: number;
  readonly goodAnswers: number;
  readonly total: number;
  /** Σ cost², and Σ cost of good answers: for the interval of the cost of one. */
  readonly squares: number;
  readonly ofGood: number;
  /** Output tokens that clients got. */
  readonly output: number;
  readonly wasted: Readonly<
    Record<Waste, { readonly attempts: number; readonly tokens: number; readonly money: number }>
  >;
  /** Answers past one of the plan's limits. */
  readonly late: { readonly attempts: number; readonly tokens: number; readonly money: number };
  readonly sessions: { readonly count: number; readonly total: number };
}

const ERRORS = OUTCOMES.filter((outcome) => outcome.error).map(({ name }) => name);
const LEFT = ["abandoned", "cancelled"];

/** Of the sessions, the share whose own length a session must have had before the run ended, to count as a whole one. */
const WHOLE = 0.95;

/** Why the money of an attempt was wasted; an attempt that was asked again is retried, whatever it died of. */
const WASTE_SQL = `CASE
  WHEN NOT isAnswer AND attempt < coalesce(last, 0) THEN 'retried'
  WHEN outcome IN (${sqlList(LEFT)}) THEN 'abandoned'
  WHEN outcome IN (${sqlList(ERRORS)}) THEN 'failed' END`;

/** What was spent bin by bin, by the time at which attempts were due, and on sessions by their first attempt's; the run is read once. */
export async function spentByBin(facts: Facts): Promise<ReadonlyMap<number, Spent>> {
  const end = Math.max(0, ...facts.stages.map(({ to }) => to)) * facts.width;
  const good = goodSql(answerLimits(facts.manifest.slo), figures(streams(facts.manifest.target.protocol)));
  const bin = (time: string): string => `floor(${time} / ${facts.width})::INTEGER`;
  const wasted = WASTES.flatMap((why) => [
    `count(*) FILTER (why = '${why}')`,
    `coalesce(sum(inputTokens) FILTER (why = '${why}'), 0) + coalesce(sum(outputTokens) FILTER (why = '${why}'), 0)`,
    `coalesce(sum(cost) FILTER (why = '${why}'), 0)`,
  ]);
  const tokens = "coalesce(inputTokens, 0) + coalesce(outputTokens, 0)";
  const late = "isAnswer AND NOT isGood AND why IS NULL";
  const rows = await facts.query(`
    WITH again AS (
      SELECT session, turn, coalesce(agent, 0) AS who, coalesce(step, 0) AS nth, max(attempt) AS last
      FROM samples WHERE attempt > 0 GROUP BY ALL
    ),
    judged AS (
      SELECT scheduledAt, isAnswer, cost, inputTokens, outputTokens, ${WASTE_SQL} AS why, (${good}) AS isGood
      FROM samples s LEFT JOIN again a
        ON a.session = s.session AND a.turn = s.turn AND a.who = coalesce(s.agent, 0) AND a.nth = coalesce(s.step, 0)
    )
    SELECT ${bin("scheduledAt")} AS bin, count(*), count(cost), count(*) FILTER (isGood), coalesce(sum(cost), 0), coalesce(sum(outputTokens), 0),
      coalesce(sum(cost * cost), 0), coalesce(sum(cost) FILTER (isGood), 0),
      count(*) FILTER (${late}), coalesce(sum(${tokens}) FILTER (${late}), 0), coalesce(sum(cost) FILTER (${late}), 0), ${wasted.join(", ")}
    FROM judged WHERE scheduledAt IS NOT NULL GROUP BY bin`);
  const sessions = await facts.query(`
    WITH whole AS (SELECT min(scheduledAt) AS began, max(endAt) AS ended, sum(cost) AS cost FROM samples GROUP BY session),
      usual AS (SELECT quantile_disc(ended - began, ${WHOLE}) AS length FROM whole WHERE began < ${end / 2})
    SELECT ${bin("began")} AS bin, count(cost), coalesce(sum(cost), 0) FROM whole
    WHERE began <= ${end} - coalesce((SELECT length FROM usual), 0) GROUP BY bin`);
  const whole = new Map(sessions.map((row) => [Number(row[0]), row.slice(1).map(Number)]));
  return new Map(
    rows.map((row) => [Number(row[0]), spentOf(row.slice(1).map(Number), whole.get(Number(row[0])) ?? [])]),
  );
}

/** All that was spent in bins [from, to). */
export function spentIn(
  bins: ReadonlyMap<number, Spent>,
  { from, to }: { readonly from: number; readonly to: number },
): Spent {
  let sum = NOTHING;
  for (let bin = from; bin < to; bin++) {
    const spent = bins.get(bin);
    if (spent !== undefined) sum = added(sum, spent);
  }
  return sum;
}

/** What was spent where no attempt was due. */
export const NOTHING: Spent = spentOf([], []);

function spentOf(told: readonly number[], [count = 0, total = 0]: readonly number[]): Spent {
  const [attempts = 0, priced = 0, goodAnswers = 0, money = 0, output = 0, squares = 0, ofGood = 0, ...rest] = told;
  const [lateAttempts = 0, lateTokens = 0, lateMoney = 0, ...wastes] = rest;
  const waste = (at: number) => ({
    attempts: wastes[3 * at] ?? 0,
    tokens: wastes[3 * at + 1] ?? 0,
    money: wastes[3 * at + 2] ?? 0,
  });
  return {
    attempts,
    priced,
    goodAnswers,
    total: money,
    squares,
    ofGood,
    output,
    wasted: { failed: waste(0), abandoned: waste(1), retried: waste(2) },
    late: { attempts: lateAttempts, tokens: lateTokens, money: lateMoney },
    sessions: { count, total },
  };
}

export function added(a: Spent, b: Spent): Spent {
  const joined = (one: Spent["late"], other: Spent["late"]): Spent["late"] => ({
    attempts: one.attempts + other.attempts,
    tokens: one.tokens + other.tokens,
    money: one.money + other.money,
  });
  const sum = (why: Waste) => joined(a.wasted[why], b.wasted[why]);
  return {
    attempts: a.attempts + b.attempts,
    priced: a.priced + b.priced,
    goodAnswers: a.goodAnswers + b.goodAnswers,
    total: a.total + b.total,
    squares: a.squares + b.squares,
    ofGood: a.ofGood + b.ofGood,
    output: a.output + b.output,
    wasted: { failed: sum("failed"), abandoned: sum("abandoned"), retried: sum("retried") },
    late: joined(a.late, b.late),
    sessions: { count: a.sessions.count + b.sessions.count, total: a.sessions.total + b.sessions.total },
  };
}

/**
 * 95 % interval of the cost of a good answer: a ratio of sums over attempts, its variance by linearisation, Σ(c - R g)²/G² (Cochran, "Sampling
 * Techniques", 1977, section 2.11).
 */
export function intervalOf({ total, goodAnswers, squares, ofGood }: Spent): { low: number; high: number } {
  const ratio = total / goodAnswers;
  const half =
    (1.96 * Math.sqrt(Math.max(0, squares - 2 * ratio * ofGood + ratio * ratio * goodAnswers))) / goodAnswers;
  return { low: Math.max(0, ratio - half), high: ratio + half };
}

export function wastedMoney({ wasted }: Spent): number {
  return WASTES.reduce((sum, why) => sum + wasted[why].money, 0);
}
