import { CAUSES } from "./causes/table.ts";
import type { Cause, Clue, Scene } from "./spike.ts";

/** Of the rise, what a cause has to explain, and by how much more than the next. */
export const ENOUGH = 0.5;
const AHEAD = 0.1;
/** From here on a cause explains all, and the deeper of two is taken: the order of the table. */
const ALL = 0.8;

export interface Explained {
  readonly scene: Scene;
  /** The one that is taken for the cause first, then the heaviest. */
  readonly clues: readonly (Clue & { readonly cause: Cause })[];
  readonly cause: Cause | undefined;
}

/** Every cause weighed against a spike; `cause` is undefined where none explains it, or two do. */
export function explain(scene: Scene): Explained {
  const clues = CAUSES.flatMap((cause) => {
    const clue = cause.weigh(scene);
    return clue === undefined ? [] : [{ ...clue, cause }];
  }).toSorted((a, b) => b.weight - a.weight);
  const [first, second] = clues;
  const full = CAUSES.find((cause) => clues.some((clue) => clue.cause === cause && clue.weight >= ALL));
  if (full !== undefined) {
    const deepest = clues.filter((clue) => clue.cause === full);
    return { scene, clues: [...deepest, ...clues.filter((clue) => clue.cause !== full)], cause: full };
  }
  const isSure = first !== undefined && first.weight >= ENOUGH && first.weight - (second?.weight ?? 0) >= AHEAD;
  return { scene, clues, cause: isSure ? first.cause : undefined };
}
