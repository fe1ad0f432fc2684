/**
 * One load part as a function of the time u since the part began, 0 <= u <= length, both in ms. The rate is in the stage's unit
 * (sessions a second, or users); the integral is exact, in that unit times ms.
 */
export interface Curve {
  rate(u: number): number;
  /** From 0 to u. */
  integral(u: number): number;
  /** Times strictly inside the part where the rate or its slope jumps; between them both are smooth. Ascending. */
  readonly knots: readonly number[];
  /** No value of the rate is below this. */
  readonly floor: number;
  /** Shortest stretch (ms) in which the curve may turn around; the whole length where it does not turn. */
  readonly wavelength: number;
}
