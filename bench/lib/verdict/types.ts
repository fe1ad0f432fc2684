import type { PlanInput } from "../../../src/index.ts";

type Fields = Readonly<Record<string, unknown>>;
export type Parts = Readonly<Record<string, Fields>>;

/** Something planted: what is wrong, in how many stacks and loads it is tried, and which cause is right. */
export interface Kind {
  readonly name: string;
  /** Causes of which the first-named must be one. */
  readonly right: readonly string[];
  /** The component begins with this, where there is a choice of parts. */
  readonly component?: string;
  readonly sizes: readonly Size[];
}

export interface Size {
  readonly name: string;
  /** As it is when nothing is wrong with it. */
  readonly parts: Parts;
  readonly entry?: string;
  /** A weakness of the twin by name, or fields of parts that replace the stack's. */
  readonly plant: string | Parts;
  readonly load: LoadOf;
}

export interface LoadOf {
  /** Sessions a second. */
  readonly peak: number;
  readonly personas: NonNullable<NonNullable<PlanInput["workload"]>["personas"]>;
  readonly stages?: PlanInput["stages"];
  readonly slo?: readonly string[];
  readonly timeouts?: NonNullable<PlanInput["target"]["timeouts"]>;
}
