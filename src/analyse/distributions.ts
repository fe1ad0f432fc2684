import { type MetricName, PERCENTILES } from "../base/index.ts";
import { type Figure, figureSql, type RunReader } from "../record/index.ts";
import { nearestRankOf, valueAtRank } from "../stats/index.ts";
import { Ascending } from "./ascending.ts";
import { cellSql, type Grouping } from "./grouping.ts";
import type { Distribution } from "./scope.ts";

const STANDARD: readonly number[] = Object.values(PERCENTILES);

/** The summary's percentiles and these. */
export function withStandard(percentiles: readonly number[]): readonly number[] {
  return [...new Set([...STANDARD, ...percentiles])];
}

/**
 * Some metrics by scope, exact, in one pass over the rows. The values of each cell are sorted once; those of a scope are those of its cells, and no
 * value is held twice: 8 bytes an attempt and metric. `judged`: percentiles that thresholds ask for.
 */
export async function readFigures(
  run: RunReader,
  figures: readonly Figure[],
  grouping: Grouping,
  judged: (metric: MetricName) => readonly number[],
): Promise<ReadonlyMap<MetricName, ReadonlyMap<string, Distribution>>> {
  const read = figures.map(({ name }) => ({ name, cells: Array.from({ length: grouping.cells }, () => new Values()) }));
  const columns = figures.flatMap((figure) => {
    const { value, censored } = figureSql(figure);
    return [`(${value})::DOUBLE`, `(${censored})::INTEGER::DOUBLE`];
  });
  await run.scan(`SELECT ${[cellSql(grouping), ...columns].join(", ")} FROM samples`, ([at, ...told], rows) => {
    for (const [i, { cells }] of read.entries())
      addAll(cells, { at, values: told[2 * i], waits: told[2 * i + 1] }, rows);
  });
  return new Map(
    read.map(({ name, cells }) => {
      const sorted = cells.map(({ known, waiting }) => ({ known: known.sorted(), waiting: waiting.sorted() }));
      return [name, byScope(sorted, grouping, withStandard(judged(name)))];
    }),
  );
}

class Values {
  readonly known = new Ascending();
  readonly waiting = new Ascending();
}

interface Told {
  readonly at: Float64Array | undefined;
  readonly values: Float64Array | undefined;
  readonly waits: Float64Array | undefined;
}

function addAll(cells: readonly Values[], { at, values, waits }: Told, rows: number): void {
  if (at === undefined || values === undefined || waits === undefined) return;
  for (let row = 0; row < rows; row++) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const cell = cells[at[row] ?? 0];
    if (waits[row] === 1) cell?.waiting.push(value);
    else cell?.known.push(value);
  }
}

function byScope(
  sorted: readonly Sorted[],
  { scopes }: Grouping,
  percentiles: readonly number[],
): ReadonlyMap<string, Distribution> {
  const groups = new Map<string, Distribution>();
  for (const { key, cells } of scopes) {
    const distribution = distributionOf(
      cells.flatMap((cell) => sorted[cell] ?? []),
      percentiles,
    );
    if (distribution !== undefined) groups.set(key, distribution);
  }
  return groups;
}

/** Values of a cell: those of attempts that had them, and the waits so far of those that were still waiting. */
interface Sorted {
  readonly known: Float64Array;
  readonly waiting: Float64Array;
}

function distributionOf(parts: readonly Sorted[], percentiles: readonly number[]): Distribution | undefined {
  const known = parts.map((part) => part.known).filter(({ length }) => length > 0);
  const waiting = parts.map((part) => part.waiting).filter(({ length }) => length > 0);
  const all = [...known, ...waiting];
  const [n, censored] = [lengthOf(all), lengthOf(waiting)];
  if (n === 0) return undefined;
  const least = (columns: readonly Float64Array[]): number =>
    columns.reduce((min, column) => Math.min(min, column[0] ?? min), Number.POSITIVE_INFINITY);
  const at = (columns: readonly Float64Array[], p: number): number => valueAtRank(columns, nearestRankOf(n, p));
  return {
    n,
    censored,
    min: least(all),
    mean: all.reduce((sum, column) => sum + column.reduce((total, value) => total + value, 0), 0) / n,
    max: all.reduce((max, column) => Math.max(max, column.at(-1) ?? max), Number.NEGATIVE_INFINITY),
    quantiles: new Map(percentiles.map((p) => [p, at(all, p)])),
    ...(censored === 0
      ? {}
      : {
          waiting: {
            from: least(waiting),
            upperMin: least(known),
            upper: new Map(percentiles.map((p) => [p, withoutEnd(known, nearestRankOf(n, p))])),
          },
        }),
  };
}

/** The value at a rank where those of attempts that were still waiting are without end. */
function withoutEnd(known: readonly Float64Array[], rank: number): number {
  return rank > lengthOf(known) ? Number.POSITIVE_INFINITY : valueAtRank(known, rank);
}

function lengthOf(columns: readonly Float64Array[]): number {
  return columns.reduce((sum, { length }) => sum + length, 0);
}
