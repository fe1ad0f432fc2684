import { normalCdf } from "./normal.ts";

export interface RunsTest {
  /** Stretches of neighbours on one side. */
  readonly runs: number;
  readonly z: number;
  /** Two-sided; small where a series stays on one side too long, or changes it too often. */
  readonly p: number;
}

/**
 * Whether the order of two kinds is random. NaN where one kind is missing.
 * Wald and Wolfowitz, "On a test whether two samples are from the same population", Ann. Math. Statist. 11 (1940); NIST/SEMATECH e-Handbook
 * of Statistical Methods, section 1.3.5.13 (normal approximation).
 */
export function runsTest(sides: readonly boolean[]): RunsTest {
  const n = sides.length;
  const ups = sides.filter((side) => side).length;
  const downs = n - ups;
  const runs = sides.reduce((count, side, i) => count + (i === 0 || side !== sides[i - 1] ? 1 : 0), 0);
  const product = 2 * ups * downs;
  const expected = product / n + 1;
  const variance = (product * (product - n)) / (n * n * (n - 1));
  const z = (runs - expected) / Math.sqrt(variance);
  return { runs, z, p: 2 * normalCdf(-Math.abs(z)) };
}
