import { type QueryValue, type RunReader, sqlList } from "../../record/index.ts";
import { numberOf } from "./number-of.ts";
import type { Transcript } from "./types.ts";

/** Transcripts of each choice, and the characters of a text that the page holds. */
const OF_EACH = 3;
const LONGEST = 6000;

export interface Transcripts {
  readonly transcripts: readonly Transcript[];
  /** Attempts whose texts the run kept. */
  readonly kept: number;
}

/**
 * A few of the attempts whose texts were kept: of each persona and outcome those of the median wait, and the longest waits of all. Those whose
 * gaps were kept come first, since they can be replayed.
 */
export async function pageTranscripts(run: RunReader): Promise<Transcripts> {
  const kept = numberOf((await run.query("SELECT count(*) FROM texts")).rows[0]?.[0]) ?? 0;
  if (kept === 0) return { transcripts: [], kept };
  const { rows } = await run.query(`
    WITH texted AS (SELECT DISTINCT session, turn, attempt FROM texts),
    known AS (
      SELECT s.session, s.turn, s.attempt, persona, stage, outcome, reason, scheduledAt, firstTokenAt, endAt, outputTokens, gaps,
        coalesce(firstTokenAt, endAt) - scheduledAt AS wait
      FROM samples s JOIN texted USING (session, turn, attempt) LEFT JOIN gap_logs g USING (session, turn, attempt)),
    ranked AS (
      SELECT *, row_number() OVER (PARTITION BY persona, outcome ORDER BY gaps IS NULL, abs(rank - 0.5), session, turn, attempt) AS typical, row_number() OVER (ORDER BY wait DESC, session, turn, attempt) AS slow
      FROM (SELECT *, percent_rank() OVER (PARTITION BY persona, outcome ORDER BY wait) AS rank FROM known))
    SELECT session, turn, attempt, persona, stage, outcome, reason, scheduledAt, firstTokenAt - scheduledAt, endAt - scheduledAt, outputTokens, gaps
    FROM ranked WHERE typical <= ${OF_EACH} OR slow <= ${OF_EACH} ORDER BY scheduledAt, session, turn, attempt LIMIT 40`);
  const keys = rows.map((row) => keyOf(row));
  const texts = await run.query(
    `SELECT session, turn, attempt, left(prompt, ${LONGEST + 1}), left(answer, ${LONGEST + 1}) FROM texts
     WHERE concat_ws(' ', session::BIGINT, turn, attempt) IN (${sqlList(keys)})`,
  );
  const byKey = new Map(texts.rows.map((row) => [keyOf(row), row]));
  return {
    kept,
    transcripts: rows.map((row) => transcriptOf(row, byKey.get(keyOf(row)))),
  };
}

const keyOf = (row: readonly QueryValue[]): string => row.slice(0, 3).map(String).join(" ");
const textOf = (value: QueryValue | undefined): string => (typeof value === "string" ? value : "");
const cut = (value: QueryValue | undefined): string => {
  const text = textOf(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

function transcriptOf(row: readonly QueryValue[], texts: readonly QueryValue[] | undefined): Transcript {
  const [session, turn, attempt, persona, stage, outcome, reason, at, ttft, end, outputTokens, gaps] = row;
  const wait = numberOf(ttft);
  const tokens = numberOf(outputTokens);
  return {
    session: Number(session),
    turn: Number(turn),
    attempt: Number(attempt),
    persona: textOf(persona),
    stage: textOf(stage),
    outcome: textOf(outcome),
    ...(typeof reason === "string" ? { reason } : {}),
    at: Number(at),
    prompt: cut(texts?.[3]),
    answer: cut(texts?.[4]),
    ...(tokens === undefined ? {} : { outputTokens: tokens }),
    ...(wait === undefined ? {} : { ttft: Number(wait.toPrecision(4)) }),
    end: Number(Number(end).toPrecision(4)),
    ...(Array.isArray(gaps) ? { gaps: gaps.map((gap) => Number(Number(gap).toPrecision(3))) } : {}),
  };
}
