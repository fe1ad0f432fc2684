import type { Path } from "../path.ts";
import type { stageSchema } from "../schema/stages.ts";
import type { LoadPart, RegionPlan, StageKind } from "../types.ts";
import type { Context } from "./context.ts";
import type { Level, Peak } from "./level.ts";

export type WrittenStage = ReturnType<typeof stageSchema.parse>;

/** Kinds whose load a plan writes; a replay's is its trace's. */
export type LoadedKind = Exclude<StageKind, "replay">;

export interface StageLoad {
  readonly parts: readonly LoadPart[];
  readonly unit: Level["unit"];
  /** Where the next stage goes on from. */
  readonly end: Level;
}

export interface StageView {
  readonly written: WrittenStage;
  readonly kind: LoadedKind;
  readonly duration: number;
  readonly path: Path;
  /** Where the stage before ended; `undefined` for the first, and after a stage with faults. */
  readonly before: Level | undefined;
  readonly peak: Peak;
  readonly regions: readonly RegionPlan[];
  readonly ctx: Context;
}
