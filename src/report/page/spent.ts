import type { RunReader } from "../../record/index.ts";
import { numberOf } from "./number-of.ts";
import type { Spent } from "./types.ts";

const USES: readonly Spent["use"][] = ["good", "late", "failed", "abandoned"];

/** What tokens and money went into: good answers, answers past a limit, failures, and users who had left. */
export async function spentOn(run: RunReader, good: string): Promise<readonly Spent[]> {
  const { rows } = await run.query(`
    SELECT CASE WHEN ${good} THEN 'good' WHEN isAnswer THEN 'late' WHEN outcome IN ('abandoned', 'cancelled') THEN 'abandoned' ELSE 'failed' END AS use,
      count(*), sum(inputTokens), sum(outputTokens), sum(cost)
    FROM samples WHERE outcome IS NOT NULL GROUP BY use`);
  return USES.flatMap((use): Spent[] => {
    const row = rows.find(([name]) => name === use);
    if (row === undefined) return [];
    const cost = numberOf(row[4]);
    return [
      {
        use,
        attempts: Number(row[1]),
        inputTokens: numberOf(row[2]) ?? 0,
        outputTokens: numberOf(row[3]) ?? 0,
        ...(cost === undefined ? {} : { cost: moneyOf(cost) }),
      },
    ];
  });
}

/** Without the digits in which the order of adding shows, so that a run's page is the same each time. */
export function moneyOf(dollars: number): number {
  return Number(dollars.toPrecision(9));
}
