import type { RunReader } from "../../record/index.ts";
import { carries } from "../../stats/index.ts";
import { numberOf } from "../scope.ts";
import type { ComparedEntry } from "./figures.ts";

/** A figure of one stage of one run, in time blocks that can be drawn with weights. */
export interface Blocked {
  /** Blocks that are there to be drawn. */
  readonly count: number;
  readonly samples: number;
  /** The figure with each block counted so many times; NaN where nothing is left. */
  readonly figure: (weights: ArrayLike<number>) => number;
  /** The figure of each block alone; NaN where it holds nothing. */
  readonly alone: readonly number[];
  /** Whether its samples carry the figure at all. */
  readonly carries: boolean;
}

/** Width of a bin of values over its place: what is lost of a quantile. */
const BIN = 0.002;

export async function blocked(
  run: RunReader,
  entry: ComparedEntry,
  stage: { readonly name: string; readonly from: number; readonly duration: number },
  count: number,
): Promise<Blocked | undefined> {
  const rows = entry.rows(run, stage.name);
  if (rows === undefined) return undefined;
  const block = `least(${count - 1}, greatest(0, floor((t - ${stage.from}) / ${stage.duration / count})))`;
  if (entry.kind === "quantile") {
    const result = await run.query(
      `SELECT ${block} AS b, floor(ln(greatest(v, 0.001)) / ${BIN}) AS bin, sum(n)::DOUBLE AS n FROM (${rows}) GROUP BY b, bin ORDER BY bin, b`,
    );
    return ofBins(
      result.rows.map((row) => row.map((value) => numberOf(value) ?? 0)),
      entry.p ?? 0.5,
      count,
    );
  }
  const result = await run.query(
    `SELECT ${block} AS b, sum(hit)::DOUBLE, sum(n)::DOUBLE FROM (${rows}) GROUP BY b ORDER BY b`,
  );
  return ofSums(
    result.rows.map((row) => row.map((value) => numberOf(value) ?? 0)),
    count,
  );
}

/** Rows of block, bin and count, by bin. */
export function ofBins(rows: readonly (readonly number[])[], p: number, count: number): Blocked {
  const samples = rows.reduce((sum, row) => sum + (row[2] ?? 0), 0);
  const figure = (weights: ArrayLike<number>): number => {
    let whole = 0;
    for (const [b = 0, , n = 0] of rows) whole += n * (weights[b] ?? 0);
    const rank = p * whole;
    let seen = 0;
    for (const [b = 0, bin = 0, n = 0] of rows) {
      const here = n * (weights[b] ?? 0);
      seen += here;
      // Inside a bin by its place, so that the figure does not jump by a bin.
      if (here > 0 && seen >= rank) return Math.exp((bin + 1 - (seen - rank) / here) * BIN);
    }
    return Number.NaN;
  };
  return { count, samples, figure, alone: singles(figure, count), carries: carries(samples, p) };
}

function ofSums(rows: readonly (readonly number[])[], count: number): Blocked {
  const figure = (weights: ArrayLike<number>): number => {
    let [hits, whole] = [0, 0];
    for (const [b = 0, hit = 0, n = 0] of rows) {
      hits += hit * (weights[b] ?? 0);
      whole += n * (weights[b] ?? 0);
    }
    return whole > 0 ? hits / whole : Number.NaN;
  };
  const samples = rows.reduce((sum, row) => sum + (row[2] ?? 0), 0);
  return { count, samples, figure, alone: singles(figure, count), carries: samples > 0 };
}

function singles(figure: (weights: ArrayLike<number>) => number, count: number): readonly number[] {
  const weights = new Float64Array(count);
  return Array.from({ length: count }, (_, i) => {
    weights.fill(0);
    weights[i] = 1;
    return figure(weights);
  });
}
