import type { Evidence, Lack } from "../verdict/schema.ts";
import type { Scene } from "./scene/scene.ts";

/**
 * A piece of evidence with its strength: the natural logarithm of how much likelier it is if the cause holds than if it does not. Above 0 it
 * speaks for the cause, below against it. The weights are judgements (analysis-maths, section 7), bounded so that no single clue decides alone.
 */
export interface Clue {
  readonly weight: number;
  readonly evidence: Evidence;
}

/** One cause at one component, as the run shows it. */
export interface Reading {
  readonly component: string;
  /** One sentence that a product manager understands: what gave way. */
  readonly title: string;
  readonly clues: readonly Clue[];
  /** The first bin in which it is seen; undefined where no column dates it. */
  readonly onset: number | undefined;
}

export interface CauseResult {
  readonly readings: readonly Reading[];
  /** What it had not, so that it could say nothing or less. */
  readonly lacks: readonly Omit<Lack, "rule">[];
}

/** A resource that can give way. One file each; named in table.ts. */
export interface Cause {
  /** The finding's kind is `bottleneck.` and this. */
  readonly name: string;
  /** Resources whose signs this one brings about: where it holds, they are its effects. `*` stands for all. */
  readonly explains: readonly string[];
  /** Whether it names a resource; one that does not is an answer only where none that does holds. */
  readonly isResource: boolean;
  look(scene: Scene): CauseResult;
}
