import type { QueryValue, RunReader } from "../record/index.ts";

/** Told every point of one series, in order of time (ms). */
export interface PointReader {
  point(time: number, value: number): void;
}

/**
 * Reads series point by point, all of them in one scan: what is made of them holds no more than it needs, and nothing is sorted but time.
 * `where`: SQL over `series`; `readerOf`: who is told of a series' points, by its name and its labels as they are written.
 */
export async function readPoints<R extends PointReader>(
  run: RunReader,
  where: string,
  readerOf: (name: string, labels: string) => R,
): Promise<readonly R[]> {
  const ids = `WITH ids AS (
    SELECT name, labels, row_number() OVER (ORDER BY name, labels) - 1 AS id
    FROM (SELECT DISTINCT name, labels FROM series WHERE (${where}) AND labels IS NOT NULL))`;
  const { rows } = await run.query(`${ids} SELECT name, labels FROM ids ORDER BY id`);
  const textOf = (value: QueryValue | undefined): string => (typeof value === "string" ? value : "");
  const readers = rows.map(([name, labels]) => readerOf(textOf(name), textOf(labels)));
  if (readers.length === 0) return readers;
  await run.scan(
    `${ids} SELECT id::DOUBLE, time, value FROM series JOIN ids USING (name, labels)
     WHERE (${where}) AND time IS NOT NULL AND value IS NOT NULL ORDER BY time`,
    ([series, times, values], count) => {
      for (let i = 0; i < count; i++) {
        readers[series?.[i] ?? -1]?.point(times?.[i] ?? Number.NaN, values?.[i] ?? Number.NaN);
      }
    },
  );
  return readers;
}
