import type { MetricName } from "../../base/index.ts";
import { type Figure, figureSql, type RunReader, sqlList } from "../../record/index.ts";
import { bucketSql } from "./buckets.ts";
import { binSql, type Grid } from "./grid.ts";

/** Values of one metric that fell into one bin, stage and bucket. */
export interface Cell {
  readonly bin: number;
  readonly stage: string;
  readonly bucket: number;
  readonly n: number;
  readonly censored: number;
  /** ms, exact. */
  readonly least: number;
  readonly greatest: number;
}

/** All that the page's figures of one latency metric are made of: one pass over the samples, whatever their number. */
export interface MetricCells {
  readonly metric: MetricName;
  readonly n: number;
  readonly cells: readonly Cell[];
}

/** By the bin in which the attempt was due, so that a late answer counts where its load was. */
export async function figureCells(run: RunReader, figure: Figure, grid: Grid): Promise<MetricCells> {
  const { value, censored } = figureSql(figure);
  return readCells(
    run,
    figure.name,
    `SELECT ${binSql(grid, "scheduledAt")} AS bin, ${stageSql(run)} AS stage, ${bucketSql("v")} AS bucket, count(*) AS n, count(*) FILTER (c) AS censored,
      min(v) AS least, max(v) AS greatest
    FROM (SELECT scheduledAt, stage, ${value} AS v, ${censored} AS c FROM samples)
    WHERE v IS NOT NULL AND stage IS NOT NULL AND scheduledAt IS NOT NULL GROUP BY ALL`,
  );
}

/** Gaps by the bin in which they ended. */
export async function gapCells(run: RunReader, grid: Grid): Promise<MetricCells> {
  return readCells(
    run,
    "itl",
    `SELECT ${binSql(grid, "second * 1000")} AS bin, ${stageSql(run)} AS stage, ${bucketSql("(bucketLow + bucketHigh) / 2")} AS bucket, sum(count) AS n, 0 AS censored,
      min((bucketLow + bucketHigh) / 2) AS least, max((bucketLow + bucketHigh) / 2) AS greatest
    FROM gaps WHERE stage IS NOT NULL GROUP BY ALL`,
  );
}

const COLUMNS = ["bin", "stage", "bucket", "n", "censored", "least", "greatest"] as const;

/** Cells in the order of time, stage and bucket. */
async function readCells(run: RunReader, metric: MetricName, sql: string): Promise<MetricCells> {
  const stages = run.manifest.stages.map(({ name }) => name);
  const cells: Cell[] = [];
  const columns = COLUMNS.map((name) => `${name}::DOUBLE`).join(", ");
  await run.scan(`SELECT ${columns} FROM (${sql}) ORDER BY bin, stage, bucket`, (read, rows) => {
    for (let row = 0; row < rows; row++) {
      const [bin = 0, place = 0, bucket = 0, n = 0, censored = 0, least = 0, greatest = 0] = read.map(
        (column) => column[row] ?? 0,
      );
      cells.push({ bin, stage: stages[place] ?? "", bucket, n, censored, least, greatest });
    }
  });
  return { metric, n: cells.reduce((sum, cell) => sum + cell.n, 0), cells };
}

/** SQL for the place of a row's stage in the plan; past its end for one that the plan does not name. */
function stageSql({ manifest: { stages } }: RunReader): string {
  return `coalesce(list_position([${sqlList(stages.map(({ name }) => name))}]::VARCHAR[], stage) - 1, ${stages.length})`;
}
