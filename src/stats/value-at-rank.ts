/**
 * The value at a rank, from 1, of all values of several ascending columns together; NaN outside of them. Each step halves the longest stretch
 * that is still in question, so that no column is copied or sorted again.
 */
export function valueAtRank(columns: readonly Float64Array[], rank: number): number {
  let from = columns.map(() => 0);
  let to = columns.map(({ length }) => length);
  let left = rank;
  if (left < 1) return Number.NaN;
  for (;;) {
    const widest = widestOf(from, to);
    const pivot = columns[widest]?.[((from[widest] ?? 0) + (to[widest] ?? 0)) >> 1];
    if (pivot === undefined) return Number.NaN;
    const below = columns.map((column, i) => placeOf(column, pivot, from[i] ?? 0, to[i] ?? 0, false));
    const upTo = columns.map((column, i) => placeOf(column, pivot, below[i] ?? 0, to[i] ?? 0, true));
    const isBelow = sumOf(below) - sumOf(from);
    const isUpTo = sumOf(upTo) - sumOf(from);
    if (left > isBelow && left <= isUpTo) return pivot;
    if (left <= isBelow) to = below;
    else {
      left -= isUpTo;
      from = upTo;
    }
  }
}

/** Index of the longest of the stretches; -1 where all are empty. */
function widestOf(from: readonly number[], to: readonly number[]): number {
  let [widest, most] = [-1, 0];
  for (const [i, start] of from.entries()) {
    const wide = (to[i] ?? 0) - start;
    if (wide > most) [widest, most] = [i, wide];
  }
  return widest;
}

/** Where in [from, to) the values below `value` end; with `past`, those up to it. */
function placeOf(column: Float64Array, value: number, from: number, to: number, past: boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = column[middle] ?? Number.NaN;
    if (there < value || (past && there === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
