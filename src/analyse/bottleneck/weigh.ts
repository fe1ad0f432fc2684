import type { Scene } from "./scene/scene.ts";
import type { Cause, CauseResult, Clue, Reading } from "./types.ts";

/** Log-odds of a cause before any clue: most runs are not of this cause. */
const PRIOR = -1.5;
/** Clues of one cause come from the same seconds and are not independent: together they weigh less than their sum. */
const SHARED = 0.75;
/** From which probability on a cause stands. */
export const STANDS = 0.5;

/** A cause's strongest reading, weighed. */
export interface Weighed {
  readonly cause: Cause;
  readonly reading: Reading;
  /** Log-odds that the cause holds. */
  readonly score: number;
  /** 0 to 1, by itself. */
  readonly probability: number;
  /** The standing cause that brings this one about; undefined for a cause of its own. */
  readonly effectOf: string | undefined;
}

export interface Looked {
  readonly cause: Cause;
  readonly result: CauseResult;
}

export function lookAll(scene: Scene, causes: readonly Cause[]): readonly Looked[] {
  return causes.map((cause) => ({ cause, result: cause.look(scene) }));
}

/** Strongest first; what one cause says counts once, by its best component. */
export function weigh(looked: readonly Looked[]): readonly Weighed[] {
  const best = looked.flatMap(({ cause, result }) => {
    const scored = result.readings
      .filter(({ clues }) => clues.length > 0)
      .map((reading) => ({ reading, score: scoreOf(reading.clues) }))
      .toSorted((a, b) => b.score - a.score);
    const [first] = scored;
    return first === undefined ? [] : [{ cause, ...first, probability: logistic(first.score) }];
  });
  const standing = best.filter(({ probability }) => probability >= STANDS);
  return best.map((one) => ({ ...one, effectOf: reasonOf(one.cause, standing) })).toSorted((a, b) => b.score - a.score);
}

type Standing = Pick<Weighed, "cause" | "score">;

/** Of two that explain each other the stronger one is the reason. */
function reasonOf(cause: Cause, standing: readonly Standing[]): string | undefined {
  const own = standing.find((other) => other.cause === cause)?.score ?? Number.NEGATIVE_INFINITY;
  const reasons = standing.filter((other) => {
    if (other.cause === cause || !accountsFor(other.cause, cause)) return false;
    return !accountsFor(cause, other.cause) || other.score > own;
  });
  return reasons.toSorted((a, b) => b.score - a.score)[0]?.cause.name;
}

/** Whatever a resource brings about shows at the client as waiting or failing. */
const accountsFor = (reason: Cause, effect: Cause): boolean =>
  reason.explains.includes(effect.name) || reason.explains.includes("*") || (reason.isResource && !effect.isResource);

function scoreOf(clues: readonly Clue[]): number {
  return PRIOR + SHARED * clues.reduce((sum, { weight }) => sum + weight, 0);
}

export function logistic(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
