import { OUTCOMES, type Outcome } from "../base/index.ts";
import type { QueryValue, RunReader } from "../record/index.ts";
import { cellSql, type Grouping } from "./grouping.ts";
import { type Counts, numberOf } from "./scope.ts";

/** What is counted where no attempt fell. */
export const NOTHING: Counts = {
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

/** Counts by scope; those of a scope without attempts are left out. `good`: the SQL condition of a good answer. */
export async function readCounts(
  run: RunReader,
  grouping: Grouping,
  good: string,
): Promise<{ readonly scopes: ReadonlyMap<string, Counts>; readonly lastEnd: number }> {
  const { rows } = await run.query(`
    SELECT ${cellSql(grouping)} AS cell, outcome, count(*), count(*) FILTER (turn = 0 AND attempt = 0 AND coalesce(agent, 0) = 0 AND coalesce(step, 0) = 0 AND startedAt IS NOT NULL),
      count(*) FILTER (${good}), sum(inputTokens), sum(cachedTokens), sum(outputTokens), sum(reasoningTokens),
      count(*) FILTER (tokenSource = 'server'), count(*) FILTER (tokenSource = 'tokenizer'),
      sum(cost), count(cost), count(cost) FILTER (${good}), coalesce(sum(events), 0), coalesce(sum(sharedEvents), 0), max(endAt)
    FROM samples GROUP BY cell, outcome`);
  const scopes = new Map<string, Counts>();
  for (const { key, cells } of grouping.scopes) {
    const own = new Set(cells);
    const counted = rows.filter(([cell]) => own.has(numberOf(cell) ?? 0)).map(countsOf);
    if (counted.length > 0) scopes.set(key, counted.reduce(together));
  }
  return { scopes, lastEnd: rows.reduce((last, row) => Math.max(last, numberOf(row.at(-1)) ?? 0), 0) };
}

function countsOf([, ended, ...values]: readonly QueryValue[]): Counts {
  const outcome = OUTCOMES.find(({ name }) => name === ended);
  const numbers = values.map(numberOf);
  const [attempts = 0, sessions = 0, good = 0, input, cached, output, reasoning, server = 0, tokenizer = 0, cost] =
    numbers;
  const [priced = 0, pricedGood = 0, events = 0, sharedEvents = 0] = numbers.slice(10);
  return {
    attempts,
    sessions,
    answered: outcome?.answered === true ? attempts : 0,
    errors: outcome?.error === true ? attempts : 0,
    good,
    outcomes: outcome === undefined ? {} : { [outcome.name]: attempts },
    tokens: { input, cached, output, reasoning },
    counted: { server, tokenizer },
    cost,
    priced: { answered: outcome?.answered === true ? priced : 0, good: pricedGood },
    events,
    sharedEvents,
  };
}

function together(a: Counts, b: Counts): Counts {
  const tokens = (kind: keyof Counts["tokens"]): number | undefined => known(a.tokens[kind], b.tokens[kind]);
  return {
    attempts: a.attempts + b.attempts,
    sessions: a.sessions + b.sessions,
    answered: a.answered + b.answered,
    errors: a.errors + b.errors,
    good: a.good + b.good,
    outcomes: outcomesOf(a.outcomes, b.outcomes),
    tokens: {
      input: tokens("input"),
      cached: tokens("cached"),
      output: tokens("output"),
      reasoning: tokens("reasoning"),
    },
    counted: { server: a.counted.server + b.counted.server, tokenizer: a.counted.tokenizer + b.counted.tokenizer },
    cost: known(a.cost, b.cost),
    priced: { answered: a.priced.answered + b.priced.answered, good: a.priced.good + b.priced.good },
    events: a.events + b.events,
    sharedEvents: a.sharedEvents + b.sharedEvents,
  };
}

/** Undefined where neither was counted. */
function known(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : a + b;
}

/** In the order of OUTCOMES. */
function outcomesOf(a: Counts["outcomes"], b: Counts["outcomes"]): Counts["outcomes"] {
  const sum: Partial<Record<Outcome, number>> = {};
  for (const { name } of OUTCOMES) {
    const count = (a[name] ?? 0) + (b[name] ?? 0);
    if (count > 0) sum[name] = count;
  }
  return sum;
}
