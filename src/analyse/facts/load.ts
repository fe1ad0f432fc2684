import { answerLimits, figures, goodSql, type RunReader, streams } from "../../record/index.ts";
import { numberOf } from "../scope.ts";
import { type Bins, binSql, columnOf } from "./bins.ts";
import type { Column, LoadColumns } from "./types.ts";

/** Attempts by the bin in which they began, and by that in which they ended; all a second, but for those in flight. */
export async function readLoad(run: RunReader, bins: Bins, asked: Column): Promise<LoadColumns> {
  const good = goodSql(answerLimits(run.manifest.slo), figures(streams(run.manifest.target.protocol)));
  const zero = (): Column => columnOf(bins, 0);
  const columns = {
    sessionsStarted: zero(),
    started: zero(),
    ended: zero(),
    answered: zero(),
    good: zero(),
    errors: zero(),
  };
  const begun = await run.query(`
    SELECT ${binSql(bins, "startedAt")} AS bin, count(*), count(*) FILTER (turn = 0 AND attempt = 0 AND coalesce(agent, 0) = 0 AND coalesce(step, 0) = 0)
    FROM samples WHERE startedAt IS NOT NULL GROUP BY bin`);
  fill(begun.rows, [columns.started, columns.sessionsStarted]);
  const ended = await run.query(`
    SELECT ${binSql(bins, "endAt")} AS bin, count(*) FILTER (startedAt IS NOT NULL), count(*) FILTER (isAnswer),
      count(*) FILTER (${good}), count(*) FILTER (isError)
    FROM samples WHERE endAt IS NOT NULL GROUP BY bin`);
  fill(ended.rows, [columns.ended, columns.answered, columns.good, columns.errors]);
  const inFlight = zero();
  let open = 0;
  for (let i = 0; i < bins.count; i++) {
    const change = (columns.started[i] ?? 0) - (columns.ended[i] ?? 0);
    inFlight[i] = open + change / 2;
    open += change;
  }
  for (const column of Object.values(columns)) {
    for (let i = 0; i < bins.count; i++) column[i] = ((column[i] ?? 0) / bins.width) * 1000;
  }
  return { asked, ...columns, inFlight };
}

type Rows = Awaited<ReturnType<RunReader["query"]>>["rows"];

/** Rows of a bin and one value a column; a value that is NULL leaves the column as it is. */
export function fill(rows: Rows, columns: readonly Column[]): void {
  for (const [bin, ...values] of rows) {
    const i = numberOf(bin);
    if (i === undefined) continue;
    for (const [at, column] of columns.entries()) {
      const value = numberOf(values[at]);
      if (value !== undefined) column[i] = value;
    }
  }
}
