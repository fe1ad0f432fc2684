import { inverse, type Matrix, symmetricEigen } from "./linear.ts";

/**
 * Profiles of a quadratic loss |r + J v|² around its minimum, from its information matrix J'J. They say which directions of the parameters the
 * data hold and which they do not: Raue et al., "Structural and practical identifiability analysis ... by exploiting the profile likelihood",
 * Bioinformatics 25 (2009); Gutenkunst et al., "Universally sloppy parameter sensitivities", PLoS Comput. Biol. 3 (2007).
 */

/** How far each parameter can move, all others following it, until |J v| reaches `distance`: distance * sqrt of the inverse's diagonal. */
export function profileHalfWidths(information: Matrix, distance: number): number[] {
  const inverted = inverse(information);
  if (inverted === undefined) return information.map(() => Number.POSITIVE_INFINITY);
  return inverted.map((row, i) => distance * Math.sqrt(Math.max(0, row[i] ?? Number.NaN)));
}

/** Where the others go when parameter `index` moves by 1 along its profile; entry `index` is 1. */
export function profileDirection(information: Matrix, index: number): number[] | undefined {
  const inverted = inverse(information);
  const column = inverted?.[index];
  const pivot = column?.[index];
  if (column === undefined || pivot === undefined || !(pivot > 0)) return undefined;
  return column.map((value) => value / pivot);
}

/** The combination of some parameters that the data hold best, the others being free: the first eigenvector of their part's information. */
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
