import type { StageFacts } from "../facts/types.ts";

/** A time of strain between two times of a load that was carried before: bins [from, to) each. */
export interface Episode {
  readonly before: Span;
  readonly peak: Span & { readonly name: string };
  /** At no more than the load before. */
  readonly after: Span;
}

interface Span {
  readonly from: number;
  readonly to: number;
  /** In the stage's unit. */
  readonly load: number;
}

/** A peak is at least so many times the load before it; afterwards the load may be so many times the one before. */
const HIGHER = 1.25;
const SAME = 1.05;

/**
 * Every stretch of stages after a steady one that asks for clearly more than it, or breaks things (chaos), and is followed by stages that ask for no
 * more than before.
 */
export function episodes(stages: readonly StageFacts[]): readonly Episode[] {
  const found: Episode[] = [];
  for (const [i, before] of stages.entries()) {
    if (!before.isSteady || !(before.mean > 0) || before.kind === "chaos") continue;
    const rest = stages.slice(i + 1);
    const strains = (stage: StageFacts): boolean =>
      stage.unit === before.unit && (stage.peak > before.peak * SAME || stage.kind === "chaos");
    const calm = (stage: StageFacts): boolean =>
      stage.unit === before.unit && stage.peak <= before.peak * SAME && stage.peak > 0 && stage.kind !== "chaos";
    const strained = take(rest, strains);
    const after = take(rest.slice(strained.length), calm);
    const [first, last] = [strained[0], strained.at(-1)];
    const [next, end] = [after[0], after.at(-1)];
    if (first === undefined || last === undefined || next === undefined || end === undefined) continue;
    const peak = strained.reduce((most, stage) => (stage.peak > most.peak ? stage : most), first);
    if (peak.peak < before.peak * HIGHER && !strained.some((stage) => stage.kind === "chaos")) continue;
    found.push({
      before: { from: before.from, to: before.to, load: before.mean },
      peak: { from: first.from, to: last.to, load: peak.peak, name: peak.name },
      after: { from: next.from, to: end.to, load: Math.max(...after.map((stage) => stage.mean)) },
    });
  }
  return found;
}

function take<T>(list: readonly T[], fits: (item: T) => boolean): readonly T[] {
  const end = list.findIndex((item) => !fits(item));
  return end === -1 ? list : list.slice(0, end);
}
