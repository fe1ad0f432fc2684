import type { Facts } from "../facts/types.ts";
import type { Stretch } from "./evidence.ts";
import type { Limit } from "./limits.ts";

/** Bins over which the slope of a ramp and the requests in flight are looked at. */
const LOOK = 5;

export interface Lags {
  /** Where a limit is just being broken. */
  readonly behind: Float64Array;
  /** Where it is not broken yet: from what is in flight alone. */
  readonly seenOnly: Float64Array;
}

/**
 * How far behind a rising load its consequences are, bin by bin and in the load's own unit; 0 where the load is even. While the load rises by s a
 * second, what it brings beyond a load x that could be carried gathers as s t²/2; a limit that a backlog of B sessions breaks is broken
 * sqrt(2 B / s) after x was passed, at a load of x + sqrt(2 B s) (the fluid approximation of a queue under a rising load: Newell, "Applications of
 * Queueing Theory", 1971, chapter 2). B is what the limit's own wait amounts to at that load, and no more than what was seen in flight beyond
 * the answers that would be under way without a queue. What no queue breaks is one response time behind.
 */
export function lags(facts: Facts, parts: readonly Stretch[], limit: Limit): Lags {
  const behind = new Float64Array(facts.bins);
  const seenOnly = new Float64Array(facts.bins);
  const { asked, inFlight } = facts.load;
  const { perSession, answer } = pace(facts, parts);
  for (const { stage, from, to } of parts) {
    if (stage.isSteady) continue;
    for (let i = from; i < to; i++) {
      const load = asked[i] ?? 0;
      const slope = slopeAt(asked, i, from, to, facts.width);
      if (!(slope > 0)) continue;
      if (stage.unit === "users" || limit.wait === 0) {
        behind[i] = slope * answer;
        seenOnly[i] = slope * answer;
        continue;
      }
      const seen = Math.max(0, meanOf(inFlight, i - LOOK, i + LOOK + 1) / perSession - load * answer);
      seenOnly[i] = Math.sqrt(2 * slope * seen);
      behind[i] = Math.sqrt(2 * slope * Math.min(seen, (limit.wait ?? Number.POSITIVE_INFINITY) * load));
    }
  }
  return { behind, seenOnly };
}

/** Load a second; 0 within a step, and where the load falls. */
function slopeAt(asked: ArrayLike<number>, i: number, from: number, to: number, width: number): number {
  if (asked[i] === asked[i - 1] || asked[i] === asked[i + 1]) return 0;
  const [first, last] = [Math.max(from, i - LOOK), Math.min(to - 1, i + LOOK)];
  const rise = (asked[last] ?? 0) - (asked[first] ?? 0);
  return last > first ? Math.max(0, rise / (((last - first) * width) / 1000)) : 0;
}

/** Attempts of a session, and the seconds of an answer at the run's best. */
function pace({ load, client, width }: Facts, parts: readonly Stretch[]) {
  let [attempts, sessions] = [0, 0];
  const times: number[] = [];
  for (const { from, to } of parts) {
    for (let i = from; i < to; i++) {
      attempts += client.attempts[i] ?? 0;
      sessions += ((load.asked[i] ?? 0) * width) / 1000;
      const time = client.responseP50[i] ?? Number.NaN;
      if (!Number.isNaN(time)) times.push(time);
    }
  }
  times.sort((a, b) => a - b);
  return {
    perSession: sessions > 0 && attempts > 0 ? attempts / sessions : 1,
    answer: (times[Math.floor(times.length / 10)] ?? 0) / 1000,
  };
}

function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  let [sum, n] = [0, 0];
  for (let i = Math.max(0, from); i < Math.min(values.length, to); i++) {
    sum += values[i] ?? 0;
    n++;
  }
  return n === 0 ? 0 : sum / n;
}
