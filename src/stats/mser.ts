/** Observations a batch: the 5 of MSER-5. */
const BATCH = 5;

/**
 * How many observations at the start of a series belong to its warm-up: the cut that makes the standard error of what is left least, in batches
 * of five, looked for in the first half only. White, "An Effective Truncation Heuristic for Bias Reduction in Simulation Output", Simulation 69
 * (1997); White, Cobb and Spratt (2000). 0 below four batches.
 */
export function mser5(values: ArrayLike<number>): number {
  const batches = Math.floor(values.length / BATCH);
  if (batches < 4) return 0;
  const means = Float64Array.from({ length: batches }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < BATCH; j++) sum += values[i * BATCH + j] ?? Number.NaN;
    return sum / BATCH;
  });
  let [sum, squares] = [0, 0];
  let best = { cut: 0, error: Number.POSITIVE_INFINITY };
  const centre = means.reduce((total, value) => total + value, 0) / batches;
  for (let cut = batches - 1; cut >= 0; cut--) {
    // About the mean of all, so that large levels do not cancel the spread.
    const value = (means[cut] ?? 0) - centre;
    sum += value;
    squares += value * value;
    const left = batches - cut;
    const error = (squares - (sum * sum) / left) / (left * left);
    if (cut <= batches / 2 && error <= best.error) best = { cut, error };
  }
  return best.cut * BATCH;
}
