import { OUTCOMES, type Outcome } from "../base/index.ts";
import { ANSWERED, type RunReader, sqlList } from "../record/index.ts";
import { type Counts, GROUP, numberOf, rowKey } from "./scope.ts";

const ERRORS = OUTCOMES.filter((outcome) => outcome.error).map((outcome) => outcome.name);

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

/** Counts by scope. `grouping`: of scope.ts; `good`: the SQL condition of a good answer. */
export async function readCounts(run: RunReader, grouping: string, good: string): Promise<Map<string, Counts>> {
  const outcomes = OUTCOMES.map((outcome) => `count(*) FILTER (outcome = '${outcome.name}')`);
  const { rows } = await run.query(`
    SELECT ${GROUP}, count(*), count(*) FILTER (turn = 0 AND attempt = 0 AND startedAt IS NOT NULL),
      count(*) FILTER (outcome IN (${sqlList(ANSWERED)})), count(*) FILTER (outcome IN (${sqlList(ERRORS)})),
      count(*) FILTER (${good}),
      sum(inputTokens), sum(cachedTokens), sum(outputTokens), sum(reasoningTokens),
      count(*) FILTER (tokenSource = 'server'), count(*) FILTER (tokenSource = 'tokenizer'),
      sum(cost), count(cost) FILTER (outcome IN (${sqlList(ANSWERED)})), count(cost) FILTER (${good}),
      coalesce(sum(events), 0), coalesce(sum(sharedEvents), 0), ${outcomes.join(", ")}
    FROM samples ${grouping}`);
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
