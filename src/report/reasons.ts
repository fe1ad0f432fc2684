import type { Summary } from "../analyse/index.ts";
import { OUTCOMES } from "../base/index.ts";
import { openRun } from "../record/index.ts";

/** Why attempts ended as they did, the most frequent first. */
export interface Reason {
  readonly outcome: string;
  /** As the most frequent of its wordings has it: what differs in numbers alone (a wait, an id, a port) is one reason. */
  readonly reason: string;
  readonly count: number;
}

/** Reasons of one outcome that are worth a line. */
const MOST = 3;

/** The most frequent reasons of each outcome that was no answer, from the run's folder; none where every attempt was answered. */
export async function topReasons(summary: Summary): Promise<readonly Reason[]> {
  const bad = OUTCOMES.filter(({ name, answered }) => !answered && (summary.total.outcomes[name] ?? 0) > 0);
  if (bad.length === 0) return [];
  const run = await openRun(summary.run.folder);
  try {
    const names = bad.map(({ name }) => `'${name}'`).join(", ");
    const { rows } = await run.query(
      `WITH wordings AS (
         SELECT outcome, status, reason, count(*) AS n, regexp_replace(reason, '[0-9]+([.][0-9]+)?', '0', 'g') AS alike
         FROM samples WHERE outcome IN (${names}) AND reason IS NOT NULL GROUP BY outcome, status, reason
       ), alikes AS (
         SELECT outcome, arg_min(reason, row(-n, reason)) AS reason, sum(n)::BIGINT AS n FROM wordings GROUP BY outcome, status, alike
       )
       SELECT outcome, reason, n FROM alikes
       QUALIFY row_number() OVER (PARTITION BY outcome ORDER BY n DESC, reason) <= ${MOST} ORDER BY n DESC, reason`,
    );
    return rows.flatMap(([outcome, reason, count]) =>
      typeof outcome === "string" && typeof reason === "string" && typeof count === "number"
        ? [{ outcome, reason, count }]
        : [],
    );
  } finally {
    run.close();
  }
}
