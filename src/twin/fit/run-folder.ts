import { basename } from "node:path";
import { EXIT, PlimsollError } from "../../base/index.ts";
import { openRun, type QueryValue, type RunReader } from "../../record/index.ts";
import type { Observations, Observed } from "./types.ts";

/** Names under which scraped servers (or a simulated one) show what bears on a fit. */
const PREEMPTIONS = "name SIMILAR TO '.*(num_preemptions|preemptions|num_retracted_requests).*'";
const KV_USE = "name SIMILAR TO '.*(kv_cache_usage_perc|gpu_cache_usage_perc|kv\\.used).*'";

/**
 * Reads a run folder's samples: arrival is when the request's last byte was sent, all times are the client's. Throws a PlimsollError (exit code 104)
 * where the run holds nothing that a fit can use.
 */
export async function readRun(path: string): Promise<Observations> {
  const run = await openRun(path);
  try {
    const { rows } = await run.query(
      `SELECT sentAt, firstTokenAt, lastTokenAt, inputTokens, outputTokens, cachedTokens,
              outcome IN ('complete', 'capped') AS answered, tokenSource, session
       FROM samples WHERE sentAt IS NOT NULL ORDER BY sentAt`,
    );
    const used = rows.filter((row) => row[6] === true && row.slice(0, 5).every((value) => typeof value === "number"));
    if (used.length === 0) {
      throw new PlimsollError(
        {
          code: "FIT_RUN_EMPTY",
          file: run.path,
          message: `None of ${rows.length} attempts has an answer with first and last token and token counts.`,
          hint: "Fit a run of a streaming target that reports its token usage.",
        },
        EXIT.planInvalid,
      );
    }
    const start = Number(used[0]?.[0]);
    const requests = used.map((row): Observed => {
      const [sent = 0, first = 0, last = 0, inputTokens = 0, outputTokens = 0, cached = Number.NaN] = row.map(numeric);
      return {
        arrivedAt: sent - start,
        scheduledAt: Number.NaN,
        firstTokenAt: first - start,
        lastTokenAt: last - start,
        inputTokens,
        outputTokens,
        cachedTokens: cached,
        ...(typeof row[8] === "number" ? { conversation: String(row[8]) } : {}),
      };
    });
    const notes: string[] = [];
    if (used.length < rows.length)
      notes.push(
        `${rows.length - used.length} of ${rows.length} attempts got no whole answer and are left out: the load that they were to the engine is missing from the fit.`,
      );
    if (used.some((row) => row[7] === "tokenizer"))
      notes.push("The server reported no usage: token counts are a tokenizer's, not the engine's.");
    const preemptions = await scalar(
      run,
      `SELECT sum(grown) FROM (SELECT max(value) - min(value) AS grown FROM series WHERE ${PREEMPTIONS} GROUP BY name, labels)`,
    );
    const kvPeak = await scalar(run, `SELECT max(value) FROM series WHERE ${KV_USE}`);
    return {
      source: basename(run.path),
      episodes: [{ kind: "run", requests }],
      engineClock: false,
      preemptions,
      kvPeak,
      notes,
    };
  } finally {
    run.close();
  }
}

function numeric(value: QueryValue): number {
  return typeof value === "number" ? value : Number.NaN;
}

async function scalar(run: RunReader, sql: string): Promise<number | undefined> {
  const { rows } = await run.query(sql);
  const value = rows[0]?.[0];
  return typeof value === "number" ? value : undefined;
}
