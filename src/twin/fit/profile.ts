import { inverse } from "../../stats/index.ts";
import { gaussNewton } from "./gauss-newton.ts";
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
  best: readonly number[],
  posterior: readonly (readonly number[])[],
  stop: () => boolean,
): readonly ProfileRange[] {
  const covariance = inverse(posterior);
  const floor = objective.misfit(best) + MODEL_ERROR;
  const from = objective.misfit(best);
  const follow = (k: number, by: number): number[] => {
    const column = covariance?.[k];
    const pivot = column?.[k] ?? 1;
    return best.map((value, i) => value + (i === k ? by : clamp((by * (column?.[i] ?? 0)) / pivot)));
  };
  const reach = (k: number, sign: 1 | -1): readonly [reached: number, open: boolean] => {
    let inside = 0;
    let insideLoss = from;
    for (const distance of STOPS) {
      if (stop()) return [inside, true];
      const start = follow(k, sign * distance);
      let loss = objective.misfit(start);
      if (loss > floor) {
        const held = gaussNewton(objective, start, { iterations: 3, stop, held: k });
        loss = Math.min(loss, objective.misfit(held.logs));
      }
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

/** Compensation further than this is beyond what a straight line says. */
function clamp(by: number): number {
  return Math.max(-2, Math.min(2, by));
}
