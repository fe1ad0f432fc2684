import { OUTCOMES } from "../../base/index.ts";
import type { RunReader } from "../../record/index.ts";
import { binSql, type Grid, shortValue } from "./grid.ts";
import type { Formula, Track } from "./types.ts";

interface Count {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly group: Track["group"];
  readonly formula: string;
  readonly sql: string;
}

const counts = (good: string): readonly Count[] => [
  {
    id: "rates.completed",
    title: "answers",
    unit: "/s",
    group: "load",
    formula: "attempts whose outcome is an answer, by the second in which they ended",
    sql: "count(*) FILTER (isAnswer)",
  },
  {
    id: "rates.goodput",
    title: "good answers",
    unit: "/s",
    group: "load",
    formula: "answers within every per-answer limit of the plan, by the second in which they ended",
    sql: `count(*) FILTER (${good})`,
  },
  {
    id: "tokens.input",
    title: "input tokens",
    unit: "tokens/s",
    group: "tokens",
    formula: "sum of inputTokens, by the second in which the attempt ended",
    sql: "sum(inputTokens)",
  },
  {
    id: "tokens.cached",
    title: "of these, cached",
    unit: "tokens/s",
    group: "tokens",
    formula: "sum of cachedTokens, by the second in which the attempt ended",
    sql: "sum(cachedTokens)",
  },
  {
    id: "tokens.output",
    title: "output tokens",
    unit: "tokens/s",
    group: "tokens",
    formula: "sum of outputTokens, by the second in which the attempt ended",
    sql: "sum(outputTokens)",
  },
];

export interface CountTracks {
  readonly tracks: readonly Track[];
  readonly formulas: Readonly<Record<string, Formula>>;
}

/** What ended when: answers, tokens and outcomes a second. `good`: SQL of a good answer. */
export async function countTracks(run: RunReader, grid: Grid, good: string): Promise<CountTracks> {
  const entries = [
    ...counts(good),
    ...OUTCOMES.map(
      ({ name, meaning }): Count => ({
        id: `outcome.${name}`,
        title: name,
        unit: "/s",
        group: "outcomes",
        formula: meaning,
        sql: `count(*) FILTER (outcome = '${name}')`,
      }),
    ),
  ];
  const { rows } = await run.query(
    `SELECT ${binSql(grid, "endAt")} AS bin, ${entries.map(({ sql }) => sql).join(", ")} FROM samples WHERE endAt IS NOT NULL GROUP BY bin`,
  );
  const columns = entries.map(() => new Float64Array(grid.bins));
  for (const [bin, ...values] of rows) {
    for (const [i, value] of values.entries()) {
      const column = columns[i];
      if (column !== undefined) column[Number(bin)] = (Number(value ?? 0) / grid.width) * 1000;
    }
  }
  const shown = entries.flatMap((entry, i) => {
    const column = columns[i];
    return column?.some((value) => value > 0) === true ? [{ entry, column }] : [];
  });
  return {
    tracks: shown.map(({ entry: { id, title, unit, group }, column }) => ({
      id,
      title,
      unit,
      group,
      values: Array.from(column, shortValue),
    })),
    formulas: Object.fromEntries(
      shown.map(({ entry: { id, title, unit, formula } }) => [id, { title, unit, formula }] as const),
    ),
  };
}
