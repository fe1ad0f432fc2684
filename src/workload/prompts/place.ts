import type { Feed, Once } from "../feeds.ts";
import type { Files } from "../files.ts";
import type { LengthFound } from "../types.ts";

/** Where a source stands, and what its reading shares with that of others. */
export interface Place {
  readonly persona: string;
  readonly seed: number;
  /** The source's place in the plan. */
  readonly path: string;
  readonly files: Files;
  readonly feeds: ReadonlyMap<string, Feed>;
  /** Lists whose items may be drawn once go here. */
  readonly once: Once[];
  /** Lengths that the plan asks for go here. */
  readonly lengths: LengthFound[];
}
