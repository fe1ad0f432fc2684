import type { RunManifest, RunReader } from "../../record/index.ts";
import type { MetricCells } from "./cells.ts";
import type { Grid } from "./grid.ts";
import { numberOf } from "./number-of.ts";
import { moneyOf } from "./spent.ts";
import { percentile, spreadOf } from "./spread.ts";
import type { AtLoad, Percentile } from "./types.ts";

/** Steps into which a stage of uneven load is cut at most, and bins that a step has at least. */
const MOST_STEPS = 8;
const LEAST_BINS = 4;
/** A stage whose load varies by less, as a share of its mean, is even. */
const EVEN = 0.05;

interface Stretch {
  readonly stage: RunManifest["stages"][number];
  /** Bins [from, to). */
  readonly from: number;
  readonly to: number;
  readonly load: number;
}

/** What the run gave at each load: its stages, uneven ones in steps. `asked`: by unit, in the page's bins. */
export async function atLoads(
  run: RunReader,
  grid: Grid,
  {
    good,
    metrics,
    asked,
  }: {
    readonly good: string;
    readonly metrics: readonly MetricCells[];
    readonly asked: ReadonlyMap<string, readonly (number | null)[]>;
  },
): Promise<readonly AtLoad[]> {
  const stretches = run.manifest.stages.flatMap((stage) => stretchesOf(stage, grid, asked.get(stage.unit) ?? []));
  if (stretches.length === 0) return [];
  const times = stretches.map(
    ({ from, to }) => `scheduledAt >= ${from * grid.width} AND scheduledAt < ${to * grid.width}`,
  );
  const step = `CASE ${times.map((time, i) => `WHEN ${time} THEN ${i}`).join(" ")} END`;
  const { rows } = await run.query(`
    SELECT ${step} AS stretch, count(*), count(*) FILTER (isAnswer), count(*) FILTER (${good}), count(*) FILTER (isError), sum(outputTokens), sum(cost)
    FROM samples WHERE scheduledAt IS NOT NULL GROUP BY stretch HAVING stretch IS NOT NULL`);
  const found = new Map(rows.map((row) => [Number(row[0]), row]));
  return stretches.flatMap(({ stage, from, to, load }, i): AtLoad[] => {
    const row = found.get(i);
    if (row === undefined) return [];
    const seconds = ((to - from) * grid.width) / 1000;
    const [attempts = 0, answers = 0, goods = 0, errors = 0] = row.slice(1, 5).map(Number);
    const [tokens, cost] = [numberOf(row[5]), numberOf(row[6])];
    const spreads = metrics.map(
      ({ metric, cells }) => [metric, spreadOf(cells.filter(({ bin }) => bin >= from && bin < to))] as const,
    );
    const at = (p: number): Record<string, Percentile> =>
      Object.fromEntries(
        spreads.flatMap(([metric, spread]) => {
          const value = percentile(spread, p);
          return value === undefined ? [] : [[metric, value] as const];
        }),
      );
    return [
      {
        load,
        unit: stage.unit,
        stage: stage.name,
        from: from * grid.width,
        seconds,
        attempts,
        goodput: goods / seconds,
        completed: answers / seconds,
        errors,
        ...(tokens === undefined ? {} : { tokensPerSecond: tokens / seconds }),
        ...(cost === undefined || goods === 0 ? {} : { costPerGoodAnswer: moneyOf(cost / goods) }),
        p50: at(0.5),
        p95: at(0.95),
      },
    ];
  });
}

function stretchesOf(
  stage: Stretch["stage"],
  { width, bins }: Grid,
  asked: readonly (number | null)[],
): readonly Stretch[] {
  const first = Math.ceil(stage.from / width);
  const last = Math.min(bins, Math.floor((stage.from + stage.duration) / width));
  const mean = (from: number, to: number): number | undefined => {
    const values = asked.slice(from, to).filter((value) => value !== null);
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const inner = asked.slice(first + 1, last - 1).filter((value) => value !== null);
  const whole = mean(first, last);
  if (last - first < 1 || whole === undefined || whole === 0) return [];
  const even = inner.length === 0 || Math.max(...inner) - Math.min(...inner) <= EVEN * whole;
  const steps = even ? 1 : Math.max(1, Math.min(MOST_STEPS, Math.floor((last - first) / LEAST_BINS)));
  return Array.from({ length: steps }, (_, step): Stretch => {
    const from = first + Math.round((step * (last - first)) / steps);
    const to = first + Math.round(((step + 1) * (last - first)) / steps);
    return { stage, from, to, load: Number((mean(from, to) ?? whole).toPrecision(4)) };
  });
}
