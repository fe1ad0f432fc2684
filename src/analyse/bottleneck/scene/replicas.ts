import { z } from "zod";
import type { Facts } from "../../facts/types.ts";

/** What the client saw of one replica, by the name that its answers carried. */
export interface Replica {
  readonly name: string;
  readonly answers: number;
  /** ms; medians. */
  readonly ttft: number;
  readonly tpot: number;
}

const row = z.tuple([z.string(), z.number(), z.number().nullable(), z.number().nullable()]);

/** Replicas without a single answer are not there; empty where no answer named one. */
export async function readReplicas(facts: Facts): Promise<readonly Replica[]> {
  const rows = await facts.query(
    `SELECT replica, count(*)::INT, median(firstTokenAt - sentAt), median((lastTokenAt - firstTokenAt) / (outputTokens - 1)) FILTER (outputTokens > 4)
     FROM samples WHERE replica IS NOT NULL AND isAnswer GROUP BY replica ORDER BY replica LIMIT 500`,
  );
  return rows.map((cells) => {
    const [name, answers, ttft, tpot] = row.parse(cells);
    return { name, answers, ttft: ttft ?? Number.NaN, tpot: tpot ?? Number.NaN };
  });
}
