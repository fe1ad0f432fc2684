import { nelderMead, symmetricEigen } from "../../stats/index.ts";
import { linearise, normalEquations, scalesOf } from "./gauss-newton.ts";
import type { Objective } from "./objective.ts";

/**
 * Nelder and Mead's search on the whole simulation's loss, from a point that Gauss-Newton found. Its axes are the eigenvectors of the information there,
 * each as long as the data leave it open, so that stiff and soft directions are one to the simplex.
 */
export function polish(
  objective: Objective,
  start: readonly number[],
  options: { readonly maxEvaluations: number; readonly stop: () => boolean },
): { readonly logs: readonly number[]; readonly loss: number } {
  const at = linearise(objective, start, objective.residuals(start), 1);
  const { whole } = normalEquations(objective, at, scalesOf(at.residuals));
  const { values, vectors } = symmetricEigen(whole);
  const axes = vectors.map((vector, k) => {
    const length = Math.min(0.3, 1 / Math.sqrt(Math.max(values[k] ?? 1, 1e-9)));
    return vector.map((value) => value * length);
  });
  const point = (x: readonly number[]): number[] =>
    start.map((value, i) => axes.reduce((sum, axis, k) => sum + (axis[i] ?? 0) * (x[k] ?? 0), value));
  const found = nelderMead(
    (x) => objective.loss(point(x)),
    start.map(() => 0),
    {
      step: 1,
      maxEvaluations: options.maxEvaluations,
      tolerance: 1e-4,
      stop: options.stop,
    },
  );
  return { logs: point(found.x), loss: found.value };
}
