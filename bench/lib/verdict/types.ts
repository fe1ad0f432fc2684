import type { PlanInput } from "../../../src/index.ts";

type Fields = Readonly<Record<string, unknown>>;
export type Parts = Readonly<Record<string, Fields>>;
type Workload = NonNullable<PlanInput["workload"]>;

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
  /** In place of the kind's. */
  readonly right?: readonly string[];
  readonly component?: string;
}

export interface LoadOf {
  /** In `unit`. */
  readonly peak: number;
  /** Default: sessions a second. */
  readonly unit?: "sessions/s" | "users";
  readonly personas: NonNullable<Workload["personas"]>;
  readonly arrivals?: NonNullable<Workload["arrivals"]>;
  readonly stages?: PlanInput["stages"];
  readonly slo?: readonly string[];
  readonly timeouts?: NonNullable<PlanInput["target"]["timeouts"]>;
}
