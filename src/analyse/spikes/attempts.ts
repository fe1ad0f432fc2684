import type { Facts } from "../facts/types.ts";
import { AROUND, type Stretch } from "./detect.ts";
import type { Attempts, Latency } from "./spike.ts";

/** An attempt is in a spike of its first token by when it was due, and in one of its gaps while its stream ran. */
const IN: Readonly<Record<Latency, { readonly there: string; readonly slow: string }>> = {
  ttft: {
    there: "scheduledAt >= since AND scheduledAt < upTo",
    slow: "coalesce(firstTokenAt, endAt) - scheduledAt > bound",
  },
  itl: { there: "firstTokenAt < upTo AND coalesce(lastTokenAt, endAt) >= since", slow: "stall > bound" },
};

/** The attempts of each stretch, in one query. */
export async function attemptsOf(
  facts: Facts,
  latency: Latency,
  stretches: readonly Stretch[],
): Promise<readonly Attempts[]> {
  if (stretches.length === 0) return [];
  const { there, slow } = IN[latency];
  const { width } = facts;
  const spans = stretches
    .map(({ from, to, bound }, i) => `(${i}, ${from * width}, ${to * width}, ${bound})`)
    .join(", ");
  const both = (sql: string): string =>
    `avg(${sql}) FILTER (inside AND isSlow), avg(${sql}) FILTER (NOT (inside AND isSlow))`;
  const near = `near AS (
    SELECT spans.*, samples.*, (${there}) AS inside, coalesce(${slow}, false) AS isSlow
    FROM spans JOIN samples ON scheduledAt >= since - ${AROUND * width} AND scheduledAt < upTo + ${AROUND * width}
  )`;
  const base = `WITH spans(spike, since, upTo, bound) AS (VALUES ${spans}), ${near}`;
  const rows = await facts.query(`${base}
    SELECT spike, count(*) FILTER (inside AND isSlow), count(*) FILTER (inside), ${both("inputTokens - coalesce(cachedTokens, 0)")}, ${both("outputTokens")},
      ${both("startedAt - dueAt")}, ${both("connectedAt - dialledAt")},
      max(inputTokens - coalesce(cachedTokens, 0)) FILTER (sentAt >= since - ${width} AND sentAt < upTo),
      quantile_disc(inputTokens - coalesce(cachedTokens, 0), 0.9) FILTER (NOT inside)
    FROM near GROUP BY spike`);
  const replicas =
    await facts.query(`${base}, firsts AS (SELECT replica, min(scheduledAt) AS firstAt FROM samples WHERE replica IS NOT NULL GROUP BY replica),
    counted AS (
      SELECT spike, replica, count(*) FILTER (inside AND isSlow) AS slow, count(*) FILTER (NOT (inside AND isSlow)) AS others
      FROM near WHERE replica IS NOT NULL GROUP BY spike, replica
    )
    SELECT spike, arg_max(replica, slow), max(slow) / nullif(sum(slow), 0), arg_max(others, slow) / nullif(sum(others), 0), arg_max(firstAt, slow)
    FROM counted JOIN firsts USING (replica) GROUP BY spike`);
  const byReplica = new Map(replicas.map((row) => [numberAt(row, 0), row]));
  const bySpike = new Map(rows.map((row) => [numberAt(row, 0), row]));
  return stretches.map((_, i) => attemptsFrom(bySpike.get(i) ?? [], byReplica.get(i) ?? []));
}

function attemptsFrom(row: readonly unknown[], replica: readonly unknown[]): Attempts {
  const pair = (at: number) => ({ slow: numberAt(row, at), others: numberAt(row, at + 1) });
  const [, name] = replica;
  return {
    slow: numberAt(row, 1) || 0,
    all: numberAt(row, 2) || 0,
    inputTokens: pair(3),
    outputTokens: pair(5),
    startLag: pair(7),
    connect: pair(9),
    longestPrompt: pair(11),
    replica: {
      slow: numberAt(replica, 2),
      others: numberAt(replica, 3),
      ...(typeof name === "string" ? { name, since: numberAt(replica, 4) } : {}),
    },
  };
}

function numberAt(row: readonly unknown[], at: number): number {
  const value = row[at];
  return value === null || value === undefined ? Number.NaN : Number(value);
}
