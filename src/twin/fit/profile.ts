import { cholesky, choleskySolve, inverse, type Matrix } from "../../stats/index.ts";
import { gaussNewton, type Linearised, normalEquations } from "./gauss-newton.ts";
import type { Objective } from "./objective.ts";

/** How far one coefficient can be moved, the others following, before the model is further from the data by MODEL_ERROR. Log factors, 0 and more. */
export interface ProfileRange {
  readonly down: number;
  readonly up: number;
  /** The range went on beyond where it was followed. */
  readonly openDown: boolean;
  readonly openUp: boolean;
}

/** Log factors at which a profile is looked at. */
const STOPS = [0.2, 0.45, 0.9];
/** Mean |log ratio|: no step-time model is better than a per cent. */
export const MODEL_ERROR = 0.01;

/**
 * Profiles of the loss over each coefficient in turn (Raue et al. 2009): it is held at stops to either side while the others are fitted again, from where
 * the covariance says that they follow.
 */
export function profiles(
  objective: Objective,
  at: Linearised,
  scales: readonly number[],
  posterior: Matrix,
  stop: () => boolean,
): readonly ProfileRange[] {
  const best = at.logs;
  const covariance = inverse(posterior);
  const from = objective.misfit(best);
  // Of several kinds of experiments one may be all that tells a coefficient: it alone being off by the model's error is enough.
  const kinds = new Set(objective.setting.episodes.map(({ kind }) => kind));
  const floor = from + MODEL_ERROR / kinds.size;
  // Times are sums of multiples of the coefficients: what one loses the others gain in proportion, not in logarithms.
  const follow = (k: number, by: number): number[] => {
    const column = covariance?.[k];
    const pivot = column?.[k] ?? 1;
    const grown = Math.expm1(by);
    return best.map((value, i) => (i === k ? value + by : value + logOf(1 + (grown * (column?.[i] ?? 0)) / pivot)));
  };
  const least = (k: number, distance: number): number => {
    const start = follow(k, distance);
    const straight = objective.misfit(start);
    if (straight <= floor) return straight;
    const chased = chase(objective, at, scales, start, k, floor);
    if (chased.misfit <= floor || chased.misfit > HOPELESS * floor || stop()) return Math.min(straight, chased.misfit);
    const again = gaussNewton(objective, chased.logs, { iterations: 2, stop, held: k });
    return Math.min(chased.misfit, objective.misfit(again.logs));
  };
  const reach = (k: number, sign: 1 | -1): readonly [reached: number, open: boolean] => {
    let inside = 0;
    let insideLoss = from;
    for (const distance of STOPS) {
      if (stop()) return [Number.NaN, true];
      const loss = least(k, sign * distance);
      if (loss > floor) return [inside + ((distance - inside) * (floor - insideLoss)) / (loss - insideLoss), false];
      inside = distance;
      insideLoss = Math.min(loss, floor);
    }
    return [inside, true];
  };
  return objective.free.map((_, k) => {
    const [down, openDown] = reach(k, -1);
    const [up, openUp] = reach(k, 1);
    return { down, up, openDown, openUp };
  });
}

/** A misfit this many times the bound is not brought under it by a better fit of the others. */
const HOPELESS = 3;
const CHASES = 3;

/**
 * Gauss-Newton steps with the slopes of the best point, taken in multiples of its coefficients, so that each costs one simulation; the best point on
 * the way.
 */
function chase(
  objective: Objective,
  at: Linearised,
  scales: readonly number[],
  start: readonly number[],
  held: number,
  enough: number,
): { readonly logs: readonly number[]; readonly misfit: number } {
  let logs = start;
  let best = { logs, misfit: Number.POSITIVE_INFINITY };
  for (let round = 0; round < CHASES; round++) {
    const residuals = objective.residuals(logs);
    const { whole, gradient } = normalEquations(objective, { logs, residuals, slopes: at.slopes }, scales);
    const factor = cholesky(
      whole.map((row, i) => row.map((value, j) => (i !== j && (i === held || j === held) ? 0 : value))),
    );
    if (factor === undefined) break;
    const step = choleskySolve(
      factor,
      gradient.map((value, i) => (i === held ? 0 : value)),
    );
    logs = logs.map((value, i) => {
      const origin = at.logs[i] ?? value;
      return i === held ? value : origin + logOf(Math.exp(value - origin) - (step[i] ?? 0));
    });
    const misfit = objective.misfit(logs);
    if (misfit < best.misfit) best = { logs, misfit };
    if (misfit <= enough) break;
  }
  return best;
}

/** Logarithm of a multiple of the best value, kept within what a coefficient can sensibly be. */
function logOf(multiple: number): number {
  return Math.log(Math.max(0.03, Math.min(30, multiple)));
}
