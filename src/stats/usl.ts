import { nelderMead } from "./nelder-mead.ts";
import { nonNegativeLeastSquares } from "./nnls.ts";

/** X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)). */
export interface Usl {
  /** Throughput of one. */
  readonly lambda: number;
  /** Share that only one can do at a time. */
  readonly sigma: number;
  /** What keeping each other in agreement costs. */
  readonly kappa: number;
}

/** Throughput at a load. */
export function uslThroughput({ lambda, sigma, kappa }: Usl, load: number): number {
  return (lambda * load) / (1 + sigma * (load - 1) + kappa * load * (load - 1));
}

/** The load of the greatest throughput; Infinity without kappa. */
export function uslPeak({ sigma, kappa }: Usl): number {
  return kappa > 0 ? Math.sqrt(Math.max(0, 1 - sigma) / kappa) : Number.POSITIVE_INFINITY;
}

/**
 * The Universal Scalability Law through loads and throughputs: Gunther, "Guerrilla Capacity Planning" (2007), chapters 4 to 6. Starts from its linear
 * form N/X by non-negative least squares, weighted so that it fits X and not N/X, and goes on from there by least squares in X itself, its
 * parameters kept from turning negative. `weights`: inverse variances of X, up to a factor. undefined below three points above zero.
 */
export function fitUsl(
  loads: ArrayLike<number>,
  throughputs: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Usl | undefined {
  const points = Array.from({ length: loads.length }, (_, i) => ({
    n: loads[i] ?? Number.NaN,
    x: throughputs[i] ?? Number.NaN,
    w: weights?.[i] ?? 1,
  })).filter(({ n, x, w }) => n > 0 && x > 0 && w > 0);
  if (points.length < 3) return undefined;
  // d(N/X) = -N/X² dX: an error of X is worth so much less where N/X² is great.
  const root = points.map(({ n, x, w }) => (Math.sqrt(w) * x * x) / n);
  const { x: start } = nonNegativeLeastSquares(
    points.map(({ n }, i) => [1, n - 1, n * (n - 1)].map((value) => value * (root[i] ?? 0))),
    points.map(({ n, x }, i) => (n / x) * (root[i] ?? 0)),
  );
  const [a = 0, b = 0, c = 0] = start;
  if (a <= 0) return undefined;
  const scale = { lambda: 1 / a, sigma: Math.max(b / a, 1e-6), kappa: Math.max(c / a, 1e-9) };
  const usl = (v: readonly number[]): Usl => ({
    lambda: Math.abs(v[0] ?? 0) * scale.lambda,
    sigma: Math.abs(v[1] ?? 0) * scale.sigma,
    kappa: Math.abs(v[2] ?? 0) * scale.kappa,
  });
  const loss = (v: readonly number[]): number =>
    points.reduce((sum, { n, x, w }) => sum + w * (x - uslThroughput(usl(v), n)) ** 2, 0);
  const { x } = nelderMead(loss, [1, b > 0 ? 1 : 0, c > 0 ? 1 : 0], {
    step: 0.2,
    maxEvaluations: 2000,
    tolerance: 1e-12,
  });
  return usl(x);
}
