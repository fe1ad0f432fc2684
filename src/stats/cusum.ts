export interface Alarm {
  /** Index at which the sum passed its bound. */
  readonly at: number;
  /** Index at which the sum last began at zero: where the change set in. */
  readonly since: number;
}

/**
 * The first rise of a series above `target`: S = max(0, S + x - target - slack) passes `bound`. Page, "Continuous Inspection Schemes", Biometrika 41
 * (1954), in the tabular form of Montgomery and of NIST's handbook, section 6.3.2.3. All in the series' own unit; values that are not numbers
 * are passed over.
 */
export function cusum(values: ArrayLike<number>, { target, slack, bound }: CusumOptions): Alarm | undefined {
  let sum = 0;
  let since = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (sum === 0) since = at;
    sum = Math.max(0, sum + value - target - slack);
    if (sum > bound) return { at, since };
  }
  return undefined;
}

export interface CusumOptions {
  /** Level in control. */
  readonly target: number;
  /** Half of the rise that shall be noticed. */
  readonly slack: number;
  readonly bound: number;
}

/**
 * The first rise of a series above its own mean so far: m = Σ (x - mean - delta) rises by more than `lambda` above its least value. Hinkley,
 * "Inference about the Change-Point from Cumulative Sum Tests", Biometrika 58 (1971). In the series' own unit; values that are not numbers are
 * passed over.
 */
export function pageHinkley(
  values: ArrayLike<number>,
  { delta, lambda }: { readonly delta: number; readonly lambda: number },
): Alarm | undefined {
  let [n, mean, sum, least, since] = [0, 0, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    n++;
    mean += (value - mean) / n;
    sum += value - mean - delta;
    if (sum <= least) {
      least = sum;
      since = at + 1;
    }
    if (sum - least > lambda) return { at, since };
  }
  return undefined;
}
