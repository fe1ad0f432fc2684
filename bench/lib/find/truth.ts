import { rmSync } from "node:fs";
import { readProbe, searchLimits } from "../../../src/analyse/index.ts";
import type { Plan } from "../../../src/plan/index.ts";
import { simulate } from "../../../src/run/index.ts";
import type { StackSpec } from "../../../src/twin/index.ts";

/** A plan that holds one load long enough to know how many attempts lie beyond each limit. */
type AtLoad = (load: number, seed: number) => Plan;

export interface Truth {
  readonly value: number;
  /** Standard error over its value. */
  readonly error: number;
}

/** Loads around the guess at which is counted, relative to it. */
const PLACES = [0.92, 0.96, 1, 1.04, 1.08];

/**
 * Where the share of attempts beyond a limit passes what the limit allows: counted over long runs at five loads around a guess, a straight line
 * through the log odds of their sums. Knows nothing of a search's own estimate but where to look.
 */
export async function truthNear(
  guess: number,
  { atLoad, stack, repeats, whole }: { atLoad: AtLoad; stack: StackSpec; repeats: number; whole: boolean },
): Promise<Truth> {
  let centre = guess;
  for (let round = 1; ; round++) {
    const loads = [...new Set(PLACES.map((place) => (whole ? Math.round(centre * place) : centre * place)))];
    const points: { readonly at: number; readonly margin: number; readonly error: number }[] = [];
    for (const [i, load] of loads.entries()) {
      const margins: number[] = [];
      for (let n = 0; n < repeats; n++)
        margins.push(await worstMargin(atLoad(load, 7_000_000 + round * 10_000 + i * 100 + n), stack));
      const mean = margins.reduce((sum, margin) => sum + margin, 0) / margins.length;
      const spread = margins.reduce((sum, margin) => sum + (margin - mean) ** 2, 0) / Math.max(1, margins.length - 1);
      points.push({ at: Math.log(load), margin: mean, error: Math.sqrt(spread / margins.length) });
    }
    const found = crossing(points);
    if (found === undefined) throw new Error(`no limit passes near ${guess}`);
    if (Math.abs(Math.log(found.value / centre)) < 0.06 || round === 4) return found;
    centre = found.value;
  }
}

function crossing(points: readonly { at: number; margin: number; error: number }[]): Truth | undefined {
  const n = points.length;
  const [x, y] = [points.reduce((s, p) => s + p.at, 0) / n, points.reduce((s, p) => s + p.margin, 0) / n];
  const across = points.reduce((s, p) => s + (p.at - x) ** 2, 0);
  const slope = points.reduce((s, p) => s + (p.at - x) * (p.margin - y), 0) / across;
  if (!(slope > 0)) return undefined;
  const residual = points.reduce((s, p) => s + (p.margin - y - slope * (p.at - x)) ** 2, 0) / Math.max(1, n - 2);
  return { value: Math.exp(x - y / slope), error: Math.sqrt(residual / n) / slope };
}

async function worstMargin(plan: Plan, stack: StackSpec): Promise<number> {
  const { summary } = await simulate(plan, stack);
  const stage = plan.stages.at(-1)?.name ?? "";
  const seen = await readProbe(summary.run.folder, stage, searchLimits(plan).limits);
  rmSync(summary.run.folder, { recursive: true, force: true });
  return Math.max(...seen.map((limit) => limit?.margin ?? Number.NEGATIVE_INFINITY));
}
