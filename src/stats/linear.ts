/** A matrix as rows of one length. */
export type Matrix = readonly (readonly number[])[];

/**
 * Lower Cholesky factor L of a symmetric positive definite matrix A = L L'; undefined where A is not (to rounding).
 * Golub and Van Loan, "Matrix Computations", algorithm 4.2.1.
 */
export function cholesky(a: Matrix): number[][] | undefined {
  const n = a.length;
  const factor = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = entry(a, i, j);
      for (let k = 0; k < j; k++) sum -= entry(factor, i, k) * entry(factor, j, k);
      if (i === j) {
        if (!(sum > entry(a, j, j) * 1e-15) || !Number.isFinite(sum)) return undefined;
        put(factor, i, j, Math.sqrt(sum));
      } else put(factor, i, j, sum / entry(factor, j, j));
    }
  }
  return factor;
}

/** x of A x = b, given the Cholesky factor of A. */
export function choleskySolve(factor: Matrix, b: readonly number[]): number[] {
  const n = factor.length;
  const x = [...b];
  for (let i = 0; i < n; i++) {
    let sum = x[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= entry(factor, i, k) * (x[k] ?? 0);
    x[i] = sum / entry(factor, i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] ?? 0;
    for (let k = i + 1; k < n; k++) sum -= entry(factor, k, i) * (x[k] ?? 0);
    x[i] = sum / entry(factor, i, i);
  }
  return x;
}

/** Inverse of a symmetric positive definite matrix; undefined where it is not one. */
export function inverse(a: Matrix): number[][] | undefined {
  const factor = cholesky(a);
  if (factor === undefined) return undefined;
  // Symmetric, so that columns are rows.
  return a.map((_, j) =>
    choleskySolve(
      factor,
      a.map((_, i) => (i === j ? 1 : 0)),
    ),
  );
}

export interface Eigen {
  /** Descending. */
  readonly values: readonly number[];
  /** Unit vectors, one for each value. */
  readonly vectors: Matrix;
}

const MOST_SWEEPS = 60;

/**
 * Eigenvalues and vectors of a symmetric matrix, by cyclic Jacobi rotations.
 * Golub and Van Loan, "Matrix Computations", algorithm 8.5.3 (4th edition).
 */
export function symmetricEigen(matrix: Matrix): Eigen {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  const scale = Math.hypot(...a.flat()) || 1;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += entry(a, p, q) ** 2;
    if (Math.sqrt(off) <= 1e-15 * scale) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => entry(a, j, j) - entry(a, i, i));
  return {
    values: order.map((i) => entry(a, i, i)),
    vectors: order.map((i) => v.map((row) => row[i] ?? 0)),
  };
}

/** Makes a[p][q] zero. */
function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const apq = entry(a, p, q);
  if (apq === 0) return;
  const tau = (entry(a, q, q) - entry(a, p, p)) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < a.length; k++) {
    const x = entry(a, k, p);
    const y = entry(a, k, q);
    put(a, k, p, c * x - s * y);
    put(a, k, q, s * x + c * y);
  }
  for (let k = 0; k < a.length; k++) {
    const x = entry(a, p, k);
    const y = entry(a, q, k);
    put(a, p, k, c * x - s * y);
    put(a, q, k, s * x + c * y);
    const vx = entry(v, k, p);
    const vy = entry(v, k, q);
    put(v, k, p, c * vx - s * vy);
    put(v, k, q, s * vx + c * vy);
  }
}

function entry(a: Matrix, i: number, j: number): number {
  return a[i]?.[j] ?? Number.NaN;
}

function put(a: number[][], i: number, j: number, value: number): void {
  const row = a[i];
  if (row !== undefined) row[j] = value;
}
