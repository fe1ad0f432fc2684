/** A step's duration in `ms` at `tokens` tokens. */
export interface StepPoint {
  readonly tokens: number;
  readonly ms: number;
}

export interface Hinge {
  readonly c0: number;
  readonly c1: number;
  readonly c2: number;
  readonly n0: number;
}

/** c0 + c1 min(N, n0) + c2 max(0, N - n0), ms. */
export function hingeMs(hinge: Hinge, tokens: number): number {
  return hinge.c0 + hinge.c1 * Math.min(tokens, hinge.n0) + hinge.c2 * Math.max(0, tokens - hinge.n0);
}

/** Where the two lines may meet. */
const KNEES = [64, 96, 128, 160, 192, 256, 320, 384, 512];

/**
 * Least squares of relative errors, for each of a few knees the three coefficients in closed form; the knee with the least error wins. A negative
 * slope is set to 0 and the rest fitted again. At least four points, some on either side of a knee.
 */
export function fitHinge(points: readonly StepPoint[]): Hinge {
  let best: Hinge | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const n0 of KNEES) {
    const hinge = fitAt(points, n0);
    let error = 0;
    for (const { tokens, ms } of points) error += (hingeMs(hinge, tokens) / ms - 1) ** 2;
    if (error < least) {
      least = error;
      best = hinge;
    }
  }
  if (best === undefined) throw new RangeError("No points to fit a hinge to.");
  return best;
}

function fitAt(points: readonly StepPoint[], n0: number): Hinge {
  const rows = points.map(({ tokens, ms }) => [1 / ms, Math.min(tokens, n0) / ms, Math.max(0, tokens - n0) / ms]);
  const [c0 = 0, c1 = 0, c2 = 0] = leastSquares(rows);
  if (c1 >= 0) return { c0, c1, c2, n0 };
  const flat = leastSquares(rows.map(([one = 0, , above = 0]) => [one, above]));
  return { c0: flat[0] ?? 0, c1: 0, c2: flat[1] ?? 0, n0 };
}

/** x that minimises |A x - 1|, by the normal equations; the rows are few and scaled to about 1. */
function leastSquares(rows: readonly (readonly number[])[]): number[] {
  const width = rows[0]?.length ?? 0;
  const normal = Array.from({ length: width }, (_, i) => [
    ...Array.from({ length: width }, (_, j) => dot(rows, (row) => (row[i] ?? 0) * (row[j] ?? 0))),
    dot(rows, (row) => row[i] ?? 0),
  ]);
  return eliminate(normal, width);
}

function dot(rows: readonly (readonly number[])[], term: (row: readonly number[]) => number): number {
  let sum = 0;
  for (const row of rows) sum += term(row);
  return sum;
}

/** Gauss-Jordan with partial pivoting on an augmented matrix. */
function eliminate(matrix: number[][], width: number): number[] {
  for (let column = 0; column < width; column++) {
    let pivot = column;
    for (let row = column; row < width; row++) {
      if (Math.abs(matrix[row]?.[column] ?? 0) > Math.abs(matrix[pivot]?.[column] ?? 0)) pivot = row;
    }
    const chosen = matrix[pivot] ?? [];
    matrix[pivot] = matrix[column] ?? [];
    matrix[column] = chosen;
    const head = chosen[column] ?? 0;
    for (let row = 0; row < width; row++) {
      const other = matrix[row];
      if (row === column || other === undefined) continue;
      const factor = (other[column] ?? 0) / head;
      for (let i = column; i <= width; i++) other[i] = (other[i] ?? 0) - factor * (chosen[i] ?? 0);
    }
  }
  return matrix.map((row, i) => (row[width] ?? 0) / (row[i] ?? 1));
}
