/**
 * The never-falling values that are nearest to `values` in weighted least squares: pooling adjacent violators. Ayer, Brunk, Ewing, Reid and
 * Silverman, "An Empirical Distribution Function for Sampling with Incomplete Information", Annals of Mathematical Statistics 26 (1955).
 * A value without weight takes that of the pool before it, the first ones that of the first pool.
 */
export function isotonic(values: ArrayLike<number>, weights: ArrayLike<number>): Float64Array {
  const sums: number[] = [];
  const masses: number[] = [];
  const lengths: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const weight = weights[i] ?? 0;
    let [sum, mass, length] = weight > 0 ? [(values[i] ?? 0) * weight, weight, 1] : [0, 0, 1];
    for (let last = sums.length - 1; last >= 0; last--) {
      const [before, beforeMass] = [sums[last] ?? 0, masses[last] ?? 0];
      const joins = mass === 0 || beforeMass === 0 || before * mass > sum * beforeMass;
      if (!joins) break;
      sum += before;
      mass += beforeMass;
      length += lengths[last] ?? 0;
      sums.pop();
      masses.pop();
      lengths.pop();
    }
    sums.push(sum);
    masses.push(mass);
    lengths.push(length);
  }
  const fitted = new Float64Array(values.length);
  let at = 0;
  for (const [pool, length] of lengths.entries()) {
    const mass = masses[pool] ?? 0;
    fitted.fill(mass === 0 ? Number.NaN : (sums[pool] ?? 0) / mass, at, at + length);
    at += length;
  }
  return fitted;
}
