import { inverse, type Matrix, symmetricEigen } from "./linear.ts";

/**
 * The combination of some parameters that the data hold best, the others being free: the first eigenvector of their part's information. `halfWidth` is how
 * far it can move until the loss grows by 1. Undefined where the data leave a direction open altogether. Gutenkunst et al., "Universally sloppy parameter
 * sensitivities", PLoS Comput. Biol. 3 (2007).
 */
export function bestKnownCombination(
  information: Matrix,
  indices: readonly number[],
): { readonly weights: readonly number[]; readonly halfWidth: number } | undefined {
  const covariance = inverse(information);
  if (covariance === undefined) return undefined;
  const part = inverse(indices.map((i) => indices.map((j) => covariance[i]?.[j] ?? 0)));
  if (part === undefined) return undefined;
  const { values, vectors } = symmetricEigen(part);
  const weights = vectors[0];
  if (weights === undefined) return undefined;
  return { weights, halfWidth: 1 / Math.sqrt(values[0] ?? Number.NaN) };
}
