import type { RunReader, SeriesName } from "../record/index.ts";
import { numberOf } from "./scope.ts";

export interface Point {
  readonly at: number;
  readonly labels: string;
  readonly value: number;
}

/** The points of one of the run's own series, by labels, then time. */
export async function pointsOf(run: RunReader, name: SeriesName): Promise<readonly Point[]> {
  const { rows } = await run.query(
    `SELECT time, labels, value FROM series WHERE name = '${name}' ORDER BY labels, time`,
  );
  return rows.map(([at, labels, value]) => ({
    at: numberOf(at) ?? Number.NaN,
    labels: typeof labels === "string" ? labels : "",
    value: numberOf(value) ?? Number.NaN,
  }));
}

/** The longest stretch (ms) of one worker's successive points that all reach a level; a lone point lasts no time. */
export function longestAtLeast(points: readonly Point[], level: number): number {
  let longest = 0;
  let since: Point | undefined;
  for (const point of points) {
    if (point.value < level || (since && since.labels !== point.labels)) since = undefined;
    if (point.value < level) continue;
    since ??= point;
    longest = Math.max(longest, point.at - since.at);
  }
  return longest;
}
