/**
 * The never-falling values that are nearest to `values` in weighted least squares: pooling adjacent violators. Ayer, Brunk, Ewing, Reid and
 * Silverman, "An Empirical Distribution Function for Sampling with Incomplete Information", Annals of Mathematical Statistics 26 (1955).
 * A value without weight takes that of the pool before it, the first ones that of the first pool.
 */
export function isotonic(values: ArrayLike<number>, weights: ArrayLike<number>): Float64Array {
  // Of each pool: the sum of its weighted values, its weight, its length.
  const sums = new Float64Array(values.length);
  const masses = new Float64Array(values.length);
  const lengths = new Int32Array(values.length);
  let pools = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights[i] ?? 0;
    let sum = weight > 0 ? (values[i] ?? 0) * weight : 0;
    let mass = Math.max(weight, 0);
    let length = 1;
    for (; pools > 0; pools--) {
      const before = sums[pools - 1] ?? 0;
      const beforeMass = masses[pools - 1] ?? 0;
      const joins = mass === 0 || beforeMass === 0 || before * mass > sum * beforeMass;
      if (!joins) break;
      sum += before;
      mass += beforeMass;
      length += lengths[pools - 1] ?? 0;
    }
    sums[pools] = sum;
    masses[pools] = mass;
    lengths[pools] = length;
    pools++;
  }
  const fitted = new Float64Array(values.length);
  let at = 0;
  for (let pool = 0; pool < pools; pool++) {
    const mass = masses[pool] ?? 0;
    const upTo = at + (lengths[pool] ?? 0);
    fitted.fill(mass === 0 ? Number.NaN : (sums[pool] ?? 0) / mass, at, upTo);
    at = upTo;
  }
  return fitted;
}
