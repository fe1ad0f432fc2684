import { cholesky, choleskySolve } from "../../stats/index.ts";
import type { Accepted, Tried } from "./accepted.ts";
import { type Coordinates, clamped } from "./coordinates.ts";
import { normalEquations, type Slopes } from "./gauss-newton.ts";
import type { Objective } from "./objective.ts";

/** The best point's slopes along coordinates in which times are sums, and the scale of each group of residuals. */
export interface Surroundings {
  readonly coordinates: Coordinates;
  readonly slopes: Slopes;
  readonly scales: readonly number[];
}

const ROUNDS = 6;
/** Step of the differences, in multiples of the best value. */
const STEP = 0.1;
/** Share of the prior's information that keeps a step short where the data say nothing. It pulls to nowhere. */
const DAMPING = 0.1;

/**
 * Fits all coefficients but one again. Times are sums of multiples of the coefficients, so that the steps are Gauss and Newton's in multiples of the
 * best point's values, not in logarithms; the slopes are the best point's until they lead no further, then those of the point that was reached. Ends
 * at a point that is good enough, or where new slopes gain nothing.
 */
export function refit(
  objective: Objective,
  accepted: Accepted,
  { coordinates, slopes: first, scales }: Surroundings,
  start: readonly number[],
  held: number,
): Tried {
  let best = accepted.try(start);
  let slopes = first;
  let fresh = false;
  for (let round = 0; round < ROUNDS && best.misfit > accepted.floor && accepted.left > 0; round++) {
    const next = [1, 0.5]
      .slice(0, fresh ? 2 : 1)
      .map((share) => accepted.try(step(objective, { coordinates, slopes, scales }, best.logs, held, share)))
      .reduce((a, b) => (b.misfit < a.misfit ? b : a));
    const gained = best.misfit - next.misfit;
    if (gained > 0) best = next;
    if (best.misfit <= accepted.floor) break;
    // What is left would take more such steps than there are rounds: look where it leads from here.
    if (gained > 0.25 * (best.misfit - accepted.floor)) continue;
    if (fresh || best.misfit > HOPELESS * accepted.floor || accepted.left < start.length) break;
    slopes = slopesAt(objective, coordinates, best.logs);
    fresh = true;
  }
  return best;
}

/** A misfit this many times the bound is not brought under it by better slopes. */
const HOPELESS = 3;

/** The others' multiples after one step; who would leave the sensible range stays at its end, and the rest is solved again. */
function step(
  objective: Objective,
  { coordinates, slopes, scales }: Surroundings,
  logs: readonly number[],
  held: number,
  share: number,
): number[] {
  const residuals = objective.residuals(logs);
  const { data, force } = normalEquations(objective, { logs, residuals, slopes }, scales);
  const multiples = coordinates.of(logs);
  const next = [...multiples];
  const fixed = new Set([held]);
  for (let attempt = 0; attempt < 3; attempt++) {
    const moved = new Map([...fixed].map((i) => [i, (next[i] ?? 1) - (multiples[i] ?? 1)]));
    const matrix = data.map((row, i) =>
      row.map((value, j) => {
        if (i === j) return value + DAMPING / (objective.free[i]?.priorSd ?? 1) ** 2;
        return fixed.has(i) || fixed.has(j) ? 0 : value;
      }),
    );
    const factor = cholesky(matrix);
    if (factor === undefined) return [...logs];
    const by = choleskySolve(
      factor,
      force.map((value, i) => {
        if (fixed.has(i)) return 0;
        let sum = value;
        for (const [j, change] of moved) sum += (data[i]?.[j] ?? 0) * change;
        return sum;
      }),
    );
    let clipped = false;
    for (const [i, multiple] of multiples.entries()) {
      if (fixed.has(i)) continue;
      const wanted = multiple - share * (by[i] ?? 0);
      next[i] = clamped(wanted);
      if (next[i] === wanted) continue;
      fixed.add(i);
      clipped = true;
    }
    if (!clipped) break;
  }
  return coordinates.logs(next).map((value, i) => (i === held ? (logs[i] ?? value) : value));
}

/** One-sided slopes along each coordinate. */
function slopesAt(objective: Objective, coordinates: Coordinates, logs: readonly number[]): Slopes {
  const here = objective.residuals(logs);
  const multiples = coordinates.of(logs);
  const columns = multiples.map((multiple, k) => {
    const by = STEP * Math.max(1, multiple);
    const there = objective.residuals(coordinates.logs(multiples.map((value, i) => (i === k ? value + by : value))));
    return there.groups.map(({ values }, g) =>
      values.map((value, i) => (value - (here.groups[g]?.values[i] ?? value)) / by),
    );
  });
  return here.groups.map((_, g) => columns.map((column) => column[g] ?? new Float64Array()));
}
