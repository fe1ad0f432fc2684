import { mean } from "../stats/index.ts";
import type { Facts, StageFacts } from "./facts/types.ts";

/** Neighbouring stages that ask for one load throughout. Bins [from, to). */
export interface Stretch {
  /** Of its stages, joined. */
  readonly name: string;
  readonly unit: StageFacts["unit"];
  readonly from: number;
  readonly to: number;
  /** In `unit`. */
  readonly load: number;
}

/** Loads that differ by less, as a share, are the same. */
const SAME = 0.01;

/** Every stretch of constant load, in order; one in which things are broken on purpose (chaos) stands alone. */
export function stretchesOf(stages: readonly StageFacts[]): readonly Stretch[] {
  const found: (Stretch & { readonly isChaos: boolean })[] = [];
  for (const { name, kind, unit, from, to, mean: load, isSteady } of stages) {
    if (!isSteady || !(load > 0) || to <= from) continue;
    const last = found.at(-1);
    const isChaos = kind === "chaos";
    const joins = last !== undefined && last.to === from && last.unit === unit && !isChaos && !last.isChaos;
    if (joins && isSameLoad(last.load, load)) found.splice(-1, 1, { ...last, name: `${last.name}+${name}`, to });
    else found.push({ name, unit, from, to, load, isChaos });
  }
  return found;
}

export function isSameLoad(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME * Math.max(a, b);
}

/** Memories after which hardly anything is left of what was there before: exp(-2 * 3) for lengths of an exponential distribution. */
const FILLED = 3;

/**
 * How long the system remembers, in bins: E[S^2] / E[S] of the sessions' length S, which is the integrated correlation time of the number at work
 * in M/G/infinity (autocovariance E[(S - h)+] a lag h; Cox and Isham, "Point Processes", 1980, section 5.6). Of the sessions begun in the
 * stretch's first half, so that what breaks later does not lengthen it; where the folder tells none, twice Little's time of an attempt.
 */
export async function memoryOf(facts: Facts, { from, to }: Pick<Stretch, "from" | "to">): Promise<number> {
  const middle = Math.ceil((from + to) / 2);
  const rows = await facts.query(`
    WITH lives AS (SELECT min(startedAt) AS begun, max(endAt) - min(startedAt) AS life FROM samples
      WHERE startedAt IS NOT NULL AND endAt IS NOT NULL GROUP BY session)
    SELECT avg(life * life) / nullif(avg(life), 0) FROM lives
    WHERE begun >= ${from * facts.width} AND begun < ${middle * facts.width}`);
  const told = rows[0]?.[0];
  if (typeof told === "number" && Number.isFinite(told)) return told / facts.width;
  const { inFlight, started } = facts.load;
  const rate = mean(started.subarray(from, middle));
  return rate > 0 ? (2 * mean(inFlight.subarray(from, middle)) * 1000) / (rate * facts.width) : 0;
}

/** First bin of a stretch in which nothing fills any more that did when it began. */
export function settledFrom({ from, to }: Pick<Stretch, "from" | "to">, memory: number): number {
  return Math.min(to, from + Math.ceil(FILLED * memory));
}
