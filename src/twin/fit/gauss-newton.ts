import { cholesky, choleskySolve, median } from "../../stats/index.ts";
import type { Objective } from "./objective.ts";
import type { Residuals } from "./residuals.ts";

/** For each group of residuals, one column of slopes for each parameter. */
export type Slopes = readonly (readonly Float64Array[])[];

/** The model's residuals around a point: values and slopes. */
export interface Linearised {
  readonly logs: readonly number[];
  readonly residuals: Residuals;
  readonly slopes: Slopes;
}

/** Step of the finite differences in logarithms: wide enough to look past the jumps that a schedule makes. */
const STEP = 0.08;

/** Differences along each free parameter: two-sided where they are to be believed, one-sided where they only lead a search. */
export function linearise(
  objective: Objective,
  logs: readonly number[],
  residuals: Residuals,
  sides: 1 | 2,
): Linearised {
  const columns = logs.map((_, k) => {
    const moved = (by: number): Residuals =>
      objective.residuals(logs.map((value, i) => (i === k ? value + by : value)));
    const up = moved(STEP);
    const down = sides === 2 ? moved(-STEP) : residuals;
    return up.groups.map(({ values }, g) =>
      values.map((value, i) => (value - (down.groups[g]?.values[i] ?? value)) / (sides * STEP)),
    );
  });
  return {
    logs,
    residuals,
    slopes: residuals.groups.map((_, g) => columns.map((column) => column[g] ?? new Float64Array())),
  };
}

/** Least scale of a group's residuals: below it the model is as good as any model is. */
const LEAST_SCALE = 0.02;
/** Requests that a group is worth in the balance with the prior: its requests share their steps and are not independent. */
export const WORTH = 20;
/** Huber's constant. */
const HUBER = 1.345;

/** Robust scale of each group (1.4826 median |r|). */
export function scalesOf(residuals: Residuals): number[] {
  return residuals.groups.map(({ values }) => Math.max(LEAST_SCALE, 1.4826 * median(values.map(Math.abs))));
}

/** Huber's loss of all groups, each group counting alike, and the prior. */
function robustLoss(
  objective: Objective,
  residuals: Residuals,
  scales: readonly number[],
  logs: readonly number[],
): number {
  let loss = objective.penalty(logs);
  for (const [g, { values }] of residuals.groups.entries()) {
    const scale = scales[g] ?? LEAST_SCALE;
    let sum = 0;
    for (const value of values) {
      const z = Math.abs(value) / scale;
      sum += z <= HUBER ? z * z : HUBER * (2 * z - HUBER);
    }
    loss += (WORTH * sum) / values.length;
  }
  return loss;
}

/** Huber's weight of a residual of `z` scales. */
export function huberWeight(z: number): number {
  return Math.abs(z) <= HUBER ? 1 : HUBER / Math.abs(z);
}

/** Normal equations of the robust loss at a point: its (halved) Hessian and gradient without (`data`, `force`), and with, the prior. */
export function normalEquations(
  objective: Objective,
  { logs, residuals, slopes }: Linearised,
  scales: readonly number[],
): { readonly data: number[][]; readonly whole: number[][]; readonly force: number[]; readonly gradient: number[] } {
  const n = logs.length;
  const data = logs.map(() => new Array<number>(n).fill(0));
  const force = new Array<number>(n).fill(0);
  for (const [g, { values }] of residuals.groups.entries()) {
    const scale = scales[g] ?? LEAST_SCALE;
    const columns = slopes[g] ?? [];
    for (const [i, value] of values.entries()) {
      const weight = (WORTH * huberWeight(value / scale)) / (scale * scale * values.length);
      for (let a = 0; a < n; a++) {
        const slope = columns[a]?.[i] ?? 0;
        force[a] = (force[a] ?? 0) + weight * slope * value;
        const row = data[a] ?? [];
        for (let b = 0; b < n; b++) row[b] = (row[b] ?? 0) + weight * slope * (columns[b]?.[i] ?? 0);
      }
    }
  }
  const prior = objective.free.map(({ priorSd }) => 1 / priorSd ** 2);
  const whole = data.map((row, i) => row.map((value, j) => value + (i === j ? (prior[i] ?? 0) : 0)));
  const gradient = force.map((value, a) => value + (prior[a] ?? 0) * ((logs[a] ?? 0) - (objective.centre[a] ?? 0)));
  return { data, whole, force, gradient };
}

const ITERATIONS = 10;

/**
 * Levenberg and Marquardt's damped Gauss-Newton on the requests' log ratios, under Huber's loss (Marquardt 1963; Huber 1964). Ends where a step
 * gains less than a thousandth.
 */
export function gaussNewton(objective: Objective, start: readonly number[], stop: () => boolean): readonly number[] {
  let logs = start;
  let now = objective.residuals(logs);
  let damping = 0.01;
  let scales = scalesOf(now);
  let loss = robustLoss(objective, now, scales, logs);
  for (let round = 0; round < ITERATIONS && !stop(); round++) {
    const { whole, gradient } = normalEquations(objective, linearise(objective, logs, now, 1), scales);
    let gained = false;
    for (let attempt = 0; attempt < 4 && !stop(); attempt++) {
      const damped = whole.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) : value)));
      const factor = cholesky(damped);
      const step = factor && choleskySolve(factor, gradient);
      const next = step && logs.map((value, i) => value - Math.max(-0.5, Math.min(0.5, step[i] ?? 0)));
      const residuals = next && objective.residuals(next);
      const nextLoss = next && residuals ? robustLoss(objective, residuals, scales, next) : Number.POSITIVE_INFINITY;
      if (next === undefined || residuals === undefined || !(nextLoss < loss)) {
        damping *= 8;
        continue;
      }
      gained = nextLoss < loss * 0.999;
      logs = next;
      now = residuals;
      damping = Math.max(1e-4, damping / 4);
      break;
    }
    if (!gained) break;
    scales = scalesOf(now);
    loss = robustLoss(objective, now, scales, logs);
  }
  return logs;
}
