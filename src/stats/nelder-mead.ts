export interface SimplexOptions {
  /** Edge of the first simplex along each axis. */
  readonly step: number | readonly number[];
  readonly maxEvaluations: number;
  /** Ends when the values of the simplex differ by less, absolutely. */
  readonly tolerance: number;
  /** Asked before each evaluation; true ends the search with the best so far. */
  readonly stop?: () => boolean;
}

export interface SimplexResult {
  readonly x: readonly number[];
  readonly value: number;
  readonly evaluations: number;
  readonly converged: boolean;
}

interface Vertex {
  readonly x: readonly number[];
  readonly value: number;
}

/**
 * Minimises f without derivatives: Nelder and Mead, "A Simplex Method for Function Minimization", Computer Journal 7 (1965), in the form of
 * Lagarias et al., SIAM J. Optim. 9 (1998), with the dimension-dependent coefficients of Gao and Han, Comput. Optim. Appl. 51 (2012), which
 * are the classic ones in two dimensions. A value that is not a number counts as infinite.
 */
export function nelderMead(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  { step, maxEvaluations, tolerance, stop }: SimplexOptions,
): SimplexResult {
  const n = start.length;
  const expansion = 1 + 2 / Math.max(2, n);
  const contraction = 0.75 - 1 / (2 * Math.max(2, n));
  const shrink = 1 - 1 / Math.max(2, n);
  let evaluations = 0;
  const at = (x: readonly number[]): Vertex => {
    evaluations++;
    const value = f(x);
    return { x, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  const first = at(start);
  let simplex: Vertex[] = [first];
  const over = (): boolean => evaluations >= maxEvaluations || stop?.() === true;
  for (let i = 0; i < n && !over(); i++) {
    const edge = typeof step === "number" ? step : (step[i] ?? 0);
    simplex.push(at(start.map((value, j) => (j === i ? value + edge : value))));
  }
  const whole = simplex.length === n + 1;
  const sort = (): void => {
    simplex.sort((a, b) => a.value - b.value);
  };
  sort();
  let converged = false;
  while (whole && n > 0 && !over()) {
    const best = simplex[0] ?? first;
    const worst = simplex[n] ?? first;
    const second = simplex[n - 1] ?? first;
    if (Math.abs(worst.value - best.value) <= tolerance && spread(simplex) <= Math.sqrt(tolerance)) {
      converged = true;
      break;
    }
    const centre = start.map((_, j) => simplex.slice(0, n).reduce((sum, vertex) => sum + (vertex.x[j] ?? 0), 0) / n);
    const along = (by: number): Vertex => at(centre.map((c, j) => c + by * ((worst.x[j] ?? 0) - c)));
    const reflected = along(-1);
    let next: Vertex | undefined;
    if (reflected.value < best.value) {
      const expanded = along(-expansion);
      next = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < second.value) next = reflected;
    else {
      const outside = reflected.value < worst.value;
      const contracted = along(outside ? -contraction : contraction);
      if (contracted.value <= (outside ? reflected.value : worst.value)) next = contracted;
    }
    if (next !== undefined) simplex[n] = next;
    else {
      const kept: Vertex[] = [best];
      for (const vertex of simplex.slice(1)) {
        kept.push(
          over() ? vertex : at(vertex.x.map((value, j) => (best.x[j] ?? 0) + shrink * (value - (best.x[j] ?? 0)))),
        );
      }
      simplex = kept;
    }
    sort();
  }
  const best = simplex[0] ?? first;
  return { x: best.x, value: best.value, evaluations, converged };
}

/** Largest distance along an axis from the best vertex. */
function spread(simplex: readonly Vertex[]): number {
  const best = simplex[0]?.x ?? [];
  let most = 0;
  for (const { x } of simplex)
    for (const [j, value] of x.entries()) most = Math.max(most, Math.abs(value - (best[j] ?? 0)));
  return most;
}
