import type { MetricName } from "../../base/index.ts";
import { type Figure, figureSql, type QueryValue, type RunReader } from "../../record/index.ts";
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
  const { rows } = await run.query(`
    SELECT ${binSql(grid, "scheduledAt")} AS bin, stage, ${bucketSql("v")} AS bucket, count(*), count(*) FILTER (c), min(v), max(v)
    FROM (SELECT scheduledAt, stage, ${value} AS v, ${censored} AS c FROM samples)
    WHERE v IS NOT NULL AND stage IS NOT NULL AND scheduledAt IS NOT NULL GROUP BY bin, stage, bucket`);
  return cellsOf(figure.name, rows);
}

/** Gaps by the bin in which they ended. */
export async function gapCells(run: RunReader, grid: Grid): Promise<MetricCells> {
  const { rows } = await run.query(`
    SELECT ${binSql(grid, "second * 1000")} AS bin, stage, ${bucketSql("(bucketLow + bucketHigh) / 2")} AS bucket, sum(count), 0,
      min((bucketLow + bucketHigh) / 2), max((bucketLow + bucketHigh) / 2)
    FROM gaps GROUP BY bin, stage, bucket`);
  return cellsOf("itl", rows);
}

function cellsOf(metric: MetricName, rows: readonly (readonly QueryValue[])[]): MetricCells {
  const cells = rows.flatMap(([bin, stage, bucket, n, censored, least, greatest]): Cell[] =>
    typeof stage === "string"
      ? [
          {
            bin: Number(bin),
            stage,
            bucket: Number(bucket),
            n: Number(n),
            censored: Number(censored),
            least: Number(least),
            greatest: Number(greatest),
          },
        ]
      : [],
  );
  return { metric, n: cells.reduce((sum, cell) => sum + cell.n, 0), cells };
}
