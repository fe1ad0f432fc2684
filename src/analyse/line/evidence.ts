import type { StageUnit } from "../../plan/index.ts";
import { mser5 } from "../../stats/index.ts";
import type { Facts, StageFacts } from "../facts/types.ts";
import type { Limit } from "./limits.ts";

/** Stages whose answers do not tell what a load does: it comes after another, or something is broken on purpose. */
const ELSEWHERE: ReadonlySet<string> = new Set(["recovery", "chaos"]);
/** A stage that is over before its queue is long can show that a load breaks a limit, and not that it holds it. */
const TOO_SHORT = "spike";
/** The warm-up of a steady stage is at most this share of it. */
const MOST_WARM_UP = 0.25;
/** Bins that are looked at together to say whether a limit is broken just now. */
const LOOK = 5;
/** A load below this share of the one that broke is another load. */
const LOWER = 0.95;

/** Stretches of bins that count, one a stage. */
export interface Stretch {
  readonly stage: StageFacts;
  readonly from: number;
  readonly to: number;
}

/** The stages that say how the system is at their load, without the warm-up of the steady ones (MSER-5 over the median response time). */
export function stretches(facts: Facts, unit: StageUnit): readonly Stretch[] {
  return facts.stages
    .filter((stage) => stage.unit === unit && !ELSEWHERE.has(stage.kind) && stage.peak > 0 && stage.to > stage.from)
    .map((stage) => {
      const series = facts.client.responseP50.slice(stage.from, stage.to).filter((value) => !Number.isNaN(value));
      const cut = stage.isSteady ? mser5(series) : 0;
      return { stage, from: stage.from + (cut <= MOST_WARM_UP * series.length ? cut : 0), to: stage.to };
    });
}

/**
 * Marks (1) the bins of the stretches that count for a limit. Those do not that follow a higher load at which it was broken, for as long as it stays
 * broken: what is late then is late because of the load that is gone.
 */
export function counted({ load: { asked }, bins }: Facts, parts: readonly Stretch[], limit: Limit): Uint8Array {
  const marks = new Uint8Array(bins);
  const { stage: only } = limit.threshold.filters;
  let overloadedAt = 0;
  for (const { stage, from, to } of parts) {
    if (only !== undefined && stage.name !== only) continue;
    for (let i = from; i < to; i++) {
      const load = asked[i] ?? Number.NaN;
      if (!(load > 0)) continue;
      const later = sum(limit.margin, i, Math.min(to, i + LOOK));
      if (overloadedAt > 0 && load < LOWER * overloadedAt) {
        if (later > 0 || !(sum(limit.weight, i, Math.min(to, i + LOOK)) > 0)) continue;
        overloadedAt = 0;
      }
      const isBroken = sum(limit.margin, Math.max(from, i - LOOK + 1), i + 1) > 0;
      if (load >= (limit.from ?? 0) && (stage.kind !== TOO_SHORT || isBroken)) marks[i] = 1;
      if (isBroken) overloadedAt = Math.max(overloadedAt, load);
    }
  }
  return marks;
}

function sum(values: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += values[i] ?? 0;
  return total;
}
