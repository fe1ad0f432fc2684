import { z } from "zod";
import type { Facts } from "../../facts/types.ts";

const row = z.tuple([z.number(), z.number(), z.number()]);

/**
 * Of all attempts, the share of those that ask, word for word, what another has asked before: what a cache of answers could have known. Only a session's first
 * question is alike; later ones hold what was answered. NaN of no attempt.
 */
export async function readRepeated(facts: Facts): Promise<number> {
  const rows = await facts.query(
    `SELECT count(*)::INT, (count(*) FILTER (first))::INT, (count(DISTINCT (persona, prompt)) FILTER (first))::INT
     FROM (SELECT persona, prompt, turn = min(turn) OVER () AS first FROM samples WHERE startedAt IS NOT NULL AND prompt IS NOT NULL)`,
  );
  const [cells] = rows;
  if (cells === undefined) return Number.NaN;
  const [all, first, different] = row.parse(cells);
  return (first - different) / all;
}
