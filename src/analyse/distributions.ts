import { PERCENTILES } from "../base/index.ts";
import { type Figure, figureSql, type QueryValue, type RunReader } from "../record/index.ts";
import { type Distribution, GROUP, numberOf, rowKey } from "./scope.ts";

const STANDARD: readonly number[] = Object.values(PERCENTILES);

/** The summary's percentiles and these. */
export function withStandard(percentiles: readonly number[]): readonly number[] {
  return [...new Set([...STANDARD, ...percentiles])];
}

/** One metric by scope; a second pass finds upper bounds where attempts were still waiting. `judged`: percentiles that thresholds ask for. */
export async function readFigure(
  run: RunReader,
  figure: Figure,
  grouping: string,
  judged: readonly number[],
): Promise<Map<string, Distribution>> {
  const { value, censored } = figureSql(figure);
  const all = withStandard(judged);
  const quantiles = (column: string, percentiles: readonly number[]): string =>
    `quantile_disc(${column}, [${percentiles.join(", ")}])`;
  const grouped = (column: string): string => `
    FROM (SELECT stage, persona, v, c, ${column} AS u FROM (SELECT stage, persona, ${value} AS v, ${censored} AS c FROM samples))
    WHERE v IS NOT NULL ${grouping}`;
  const { rows: found } = await run.query(
    `SELECT ${GROUP}, count(*), count(*) FILTER (c), min(v), avg(v), max(v), ${quantiles("v", all)},
      min(v) FILTER (c), coalesce(min(v) FILTER (NOT c), 'inf') ${grouped("v")}`,
  );
  const uppers = new Map<string, ReadonlyMap<number, number>>();
  if (found.some((row) => (numberOf(row[3]) ?? 0) > 0)) {
    const upper = await run.query(`SELECT ${GROUP}, ${quantiles("u", all)} ${grouped(NEVER_ENDED)}`);
    for (const row of upper.rows) uppers.set(rowKey(row), byPercentile(all, row[2]));
  }
  const groups = new Map<string, Distribution>();
  for (const row of found) {
    const [n, censored = 0, min, mean, max] = row.slice(2, 7).map(numberOf);
    if (n === undefined || n === 0) continue;
    const from = numberOf(row[8]);
    groups.set(rowKey(row), {
      n,
      censored,
      min: min ?? Number.NaN,
      mean: mean ?? Number.NaN,
      max: max ?? Number.NaN,
      quantiles: byPercentile(all, row[7]),
      ...(from === undefined
        ? {}
        : { waiting: { from, upperMin: numberOf(row[9]) ?? Number.NaN, upper: uppers.get(rowKey(row)) ?? new Map() } }),
    });
  }
  return groups;
}

/** Values where those of attempts that were still waiting are without end. */
const NEVER_ENDED = "CASE WHEN c THEN 'inf'::DOUBLE ELSE v END";

function byPercentile(percentiles: readonly number[], values: QueryValue | undefined): ReadonlyMap<number, number> {
  const list: readonly QueryValue[] = Array.isArray(values) ? values : [];
  return new Map(percentiles.map((p, i) => [p, numberOf(list[i]) ?? Number.NaN]));
}
