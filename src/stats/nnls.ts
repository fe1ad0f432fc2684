import { cholesky, choleskySolve, type Matrix } from "./linear.ts";

export interface NonNegativeFit {
  readonly x: readonly number[];
  /** Euclidean norm of b - A x. */
  readonly residual: number;
}

/**
 * x >= 0 that minimises |A x - b|: the active-set method of Lawson and Hanson, "Solving Least Squares Problems" (1974), chapter 23, on the
 * normal equations of columns scaled to unit length. A column that depends on those taken before it stays at 0.
 */
export function nonNegativeLeastSquares(a: Matrix, b: readonly number[]): NonNegativeFit {
  const columns = a[0]?.length ?? 0;
  const scale = Array.from({ length: columns }, (_, j) =>
    Math.sqrt(a.reduce((sum, row) => sum + (row[j] ?? 0) ** 2, 0)),
  );
  const gram = Array.from({ length: columns }, () => new Array<number>(columns).fill(0));
  const target = new Array<number>(columns).fill(0);
  for (const [i, row] of a.entries()) {
    for (let j = 0; j < columns; j++) {
      const value = unit(row[j], scale[j]);
      target[j] = (target[j] ?? 0) + value * (b[i] ?? 0);
      const line = gram[j] ?? [];
      for (let k = 0; k < columns; k++) line[k] = (line[k] ?? 0) + value * unit(row[k], scale[k]);
    }
  }
  const x = solve(gram, target).map((value, j) => (scale[j] === 0 ? 0 : value / (scale[j] ?? 1)));
  const residual = Math.sqrt(
    a.reduce(
      (sum, row, i) => sum + ((b[i] ?? 0) - row.reduce((dot, value, j) => dot + value * (x[j] ?? 0), 0)) ** 2,
      0,
    ),
  );
  return { x, residual };
}

function unit(value: number | undefined, scale: number | undefined): number {
  return scale === undefined || scale === 0 ? 0 : (value ?? 0) / scale;
}

function solve(gram: Matrix, target: readonly number[]): number[] {
  const n = target.length;
  const x = new Array<number>(n).fill(0);
  const passive = new Set<number>();
  const barred = new Set<number>();
  const tolerance = 1e-12 * Math.max(...target.map(Math.abs), Number.MIN_VALUE);
  // Lawson and Hanson's method ends by itself; the bound is for rounding.
  for (let round = 0; round < 10 * (n + 1); round++) {
    const gradient = target.map((value, j) => value - dot(gram[j], x));
    let best = -1;
    for (let j = 0; j < n; j++) {
      if (passive.has(j) || barred.has(j) || (gradient[j] ?? 0) <= tolerance) continue;
      if (best === -1 || (gradient[j] ?? 0) > (gradient[best] ?? 0)) best = j;
    }
    if (best === -1) return x;
    passive.add(best);
    if (subproblem(gram, target, passive) === undefined) {
      passive.delete(best);
      barred.add(best);
      continue;
    }
    descend(gram, target, passive, x);
  }
  return x;
}

/** Moves x to the least squares solution over the passive set, dropping what would turn negative on the way. */
function descend(gram: Matrix, target: readonly number[], passive: Set<number>, x: number[]): void {
  while (passive.size > 0) {
    const z = subproblem(gram, target, passive);
    if (z === undefined) return;
    let step = 1;
    for (const [j, value] of z) {
      const from = x[j] ?? 0;
      if (value <= 0) step = Math.min(step, from === value ? 0 : from / (from - value));
    }
    for (const [j, value] of z) x[j] = (x[j] ?? 0) + step * (value - (x[j] ?? 0));
    if (step === 1) return;
    for (const [j, value] of z) {
      if (value > 0 || (x[j] ?? 0) > 1e-14) continue;
      x[j] = 0;
      passive.delete(j);
    }
  }
}

function subproblem(
  gram: Matrix,
  target: readonly number[],
  passive: ReadonlySet<number>,
): readonly (readonly [column: number, value: number])[] | undefined {
  const list = [...passive];
  const factor = cholesky(list.map((i) => list.map((j) => gram[i]?.[j] ?? 0)));
  // Unit columns: a pivot this small is a column that the others make up.
  if (factor === undefined || factor.some((row, i) => (row[i] ?? 0) < 1e-7)) return undefined;
  const z = choleskySolve(
    factor,
    list.map((j) => target[j] ?? 0),
  );
  return list.map((j, i) => [j, z[i] ?? 0] as const);
}

function dot(row: readonly number[] | undefined, x: readonly number[]): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += (row?.[j] ?? 0) * (x[j] ?? 0);
  return sum;
}
