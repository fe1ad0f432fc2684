import { OUTCOMES } from "../../base/index.ts";
import {
  ANSWERED,
  answerLimits,
  figureSql,
  figures,
  goodSql,
  openRun,
  type RunReader,
  sqlList,
  streams,
} from "../../record/index.ts";
import { numberOf } from "../scope.ts";
import { evidenceOf, type Stretch } from "./evidence.ts";
import type { SearchLimit } from "./limits.ts";
import type { LimitEvidence } from "./types.ts";

/** Stretches into which a probe is cut; evidence makes its batches of them. */
const STRETCHES = 60;

/** What a probe's folder says of each limit, by when each attempt was due; undefined where nothing was measured of it. */
export async function readProbe(
  folder: string,
  stage: string,
  limits: readonly SearchLimit[],
): Promise<readonly (LimitEvidence | undefined)[]> {
  const run = await openRun(folder);
  try {
    const evidence: (LimitEvidence | undefined)[] = [];
    for (const limit of limits) evidence.push(evidenceOf(limit, await stretches(run, stage, limit)));
    return evidence;
  } finally {
    run.close();
  }
}

/** `sql` gives rows of a time in ms, what it adds to the sum, and to what that is divided by. */
async function stretches(run: RunReader, stage: string, limit: SearchLimit): Promise<readonly Stretch[]> {
  const span = run.manifest.stages.find(({ name }) => name === stage);
  if (span === undefined) return [];
  const width = span.duration / STRETCHES;
  const { rows } = await run.query(
    `SELECT floor((t - ${span.from}) / ${width}) AS b, sum(hit)::DOUBLE, sum(n)::DOUBLE FROM (${rowsSql(run, stage, limit)}) GROUP BY b ORDER BY b`,
  );
  return rows.map(([, hits, n]) => ({ hits: numberOf(hits) ?? 0, n: numberOf(n) ?? 0 }));
}

function rowsSql(run: RunReader, stage: string, limit: SearchLimit): string {
  const { threshold, kind } = limit;
  const { subject, filters } = threshold;
  const where = [
    `stage = ${sqlList([stage])}`,
    ...(filters.persona === undefined ? [] : [`persona = ${sqlList([filters.persona])}`]),
  ].join(" AND ");
  const { manifest } = run;
  const all = figures(streams(manifest.target.protocol));
  switch (subject.kind) {
    case "metric": {
      if (subject.metric === "itl") {
        const gap = "(bucketLow + bucketHigh) / 2";
        const hit = kind === "mean" ? `${gap} * count` : `CASE WHEN ${beyond(limit, gap)} THEN count ELSE 0 END`;
        return `SELECT second * 1000 AS t, ${hit} AS hit, count AS n FROM gaps WHERE ${where}`;
      }
      const figure = all.find(({ name }) => name === subject.metric);
      if (figure === undefined) return "SELECT 0 AS t, 0 AS hit, 0 AS n";
      const { value, censored } = figureSql(figure);
      // Who was still waiting has waited longer than is known: beyond any limit from above.
      const hit =
        kind === "mean" ? "v" : `CASE WHEN ${limit.sign === 1 ? "c OR " : ""}${beyond(limit, "v")} THEN 1 ELSE 0 END`;
      return `SELECT t, ${hit} AS hit, 1 AS n FROM (SELECT scheduledAt AS t, ${value} AS v, ${censored} AS c FROM samples WHERE ${where}) WHERE v IS NOT NULL`;
    }
    case "errors.rate": {
      const errors = OUTCOMES.filter(({ error }) => error).map(({ name }) => name);
      return `SELECT scheduledAt AS t, CASE WHEN outcome IN (${sqlList(errors)}) THEN 1 ELSE 0 END AS hit, 1 AS n FROM samples WHERE ${where}`;
    }
    case "outcomes":
      return `SELECT scheduledAt AS t, CASE WHEN outcome = ${sqlList([subject.outcome])} THEN 1 ELSE 0 END AS hit, 1 AS n FROM samples WHERE ${where}`;
    case "cost": {
      const counts =
        subject.aggregate === "perGoodAnswer"
          ? goodSql(answerLimits(manifest.slo), all)
          : `outcome IN (${sqlList(ANSWERED)})`;
      return `SELECT scheduledAt AS t, coalesce(cost, 0) AS hit, CASE WHEN cost IS NOT NULL AND ${counts} THEN 1 ELSE 0 END AS n FROM samples WHERE ${where}`;
    }
    case "rates":
    case "tokens":
      return "SELECT 0 AS t, 0 AS hit, 0 AS n";
  }
}

function beyond({ threshold, sign }: SearchLimit, value: string): string {
  const { limit, operator } = threshold;
  const at = limit.kind === "value" ? limit.value : Number.NaN;
  return sign === 1 ? `NOT (${value} ${operator} ${at})` : `${value} ${operator} ${at}`;
}
