import { inverse } from "../../stats/index.ts";
import type { Accepted, Tried } from "./accepted.ts";
import { Coordinates } from "./coordinates.ts";
import type { Linearised, Slopes } from "./gauss-newton.ts";
import type { Objective } from "./objective.ts";
import { refit, type Surroundings } from "./refit.ts";

/** How far one coefficient can be moved, the others following, before the model is further from the data by MODEL_ERROR. Log factors, 0 and more. */
export interface ProfileRange {
  readonly down: number;
  readonly up: number;
  /** The range went on beyond where it was followed. */
  readonly openDown: boolean;
  readonly openUp: boolean;
}

/** Log factor beyond which a profile is not followed. */
const FURTHEST = 0.9;
const FIRST = 0.1;
/** The end is sought until it is known to a tenth of its distance, or to 1 %. */
const RESOLUTION = 0.1;
const FINEST = 0.01;
/** From here on it makes no difference to what is called identified. */
const WIDE = 0.41;
const COARSE = 0.3;
const TRIES = 9;
/** Mean |log ratio|: no step-time model is better than a per cent. */
export const MODEL_ERROR = 0.01;

type Reached = readonly [end: number, open: boolean];

interface Around extends Surroundings {
  /** How the others move with the one that is held: its column of the covariance. */
  readonly column: readonly number[] | undefined;
}

/**
 * Profiles of the misfit over each coefficient in turn (Raue et al. 2009): it is moved away step by step while the others are fitted again, each time from the last
 * point that was as good, and the end is bracketed. Where simulations run out the range ends at what is known to be outside, or is open. Ends early where a
 * point turns up that the search should have found.
 */
export function profiles(
  objective: Objective,
  accepted: Accepted,
  at: Linearised,
  scales: readonly number[],
  information: (slopes: Slopes) => number[][],
): readonly ProfileRange[] {
  const best = accepted.try(at.logs);
  const surroundings = (k: number, coordinates: Coordinates): Around => {
    const slopes = coordinates.slopes(at.slopes);
    return { coordinates, slopes, scales, column: inverse(information(slopes))?.[k] };
  };
  // Where the hinge between memory and compute does not lead to a point that is as good, plain multiples may.
  const around = at.logs.map((_, k) =>
    [k, at.logs.findIndex((_other, i) => objective.free[i]?.name === "n0")].map((held) =>
      surroundings(k, new Coordinates(objective.free, at.logs, held)),
    ),
  );
  // What one loses the others gain in proportion.
  const follow = ({ coordinates, column }: Around, from: Tried, k: number, to: number): number[] => {
    const grown = Math.exp(to) - Math.exp((from.logs[k] ?? 0) - (at.logs[k] ?? 0));
    const pivot = column?.[k] ?? 1;
    const followed = coordinates.of(from.logs).map((value, i) => value + (grown * (column?.[i] ?? 0)) / pivot);
    return coordinates.logs(followed).map((value, i) => (i === k ? (at.logs[i] ?? 0) + to : value));
  };
  const reach = (k: number, sign: 1 | -1, share: number): Reached => {
    const until = accepted.left - share;
    let from = accepted.extreme(k, sign) ?? best;
    let inside = Math.max(0, sign * ((from.logs[k] ?? 0) - (at.logs[k] ?? 0)));
    let outside: number | undefined;
    let stride = FIRST;
    for (let attempt = 0; attempt < TRIES && inside < FURTHEST; attempt++) {
      if (outside !== undefined && outside - inside < Math.max(FINEST, (inside > WIDE ? COARSE : RESOLUTION) * outside))
        break;
      if (accepted.left <= Math.max(0, until) || accepted.better !== undefined) break;
      const distance: number = outside === undefined ? Math.min(FURTHEST, inside + stride) : (inside + outside) / 2;
      let found: Tried | undefined;
      for (const here of around[k] ?? []) {
        const tried = refit(objective, accepted, here, follow(here, from, k, sign * distance), k);
        if (tried.misfit > accepted.floor) continue;
        found = tried;
        break;
      }
      if (found !== undefined) {
        from = found;
        inside = distance;
        stride *= 2;
      } else outside = distance;
    }
    return [outside ?? inside, inside >= FURTHEST || outside === undefined];
  };
  const n = at.logs.length;
  const reached = at.logs.map((_, k) => ({
    down: reach(k, -1, accepted.left / (2 * (n - k))),
    up: reach(k, 1, accepted.left / (2 * (n - k) - 1)),
  }));
  return reached.map((sides, k) => {
    // Another coefficient's profile may have gone further along this one.
    const furthest = ([end, open]: Reached, sign: 1 | -1): Reached => {
      const other = sign * ((accepted.extreme(k, sign)?.logs[k] ?? 0) - (at.logs[k] ?? 0));
      return [Math.max(end, other), open || other >= FURTHEST];
    };
    const [down, openDown] = furthest(sides.down, -1);
    const [up, openUp] = furthest(sides.up, 1);
    return { down, up, openDown, openUp };
  });
}
