import type { Dimension, Found, FoundProbe } from "../../analyse/index.ts";
import type { StageUnit } from "../../plan/index.ts";
import type { StackSpec } from "../../twin/index.ts";
import type { Progress, RunOptions } from "../types.ts";

export interface FindOptions
  extends Pick<RunOptions, "progressEvery" | "onWarning" | "stop" | "kill" | "iOwnThisTarget" | "calledAs"> {
  /** What varies; default: the unit of the plan's load. */
  readonly vary?: Dimension;
  /** The least load, tried first. Default: half of the plan's, and below it as far as it takes. */
  readonly from?: number;
  /** The highest load that may be tried. */
  readonly to?: number;
  /** Share of the load to which the answer is wanted; default 0.05. */
  readonly within?: number;
  /** At most so many; default 12. */
  readonly probes?: number;
  /** The load of every probe, where it is not what varies; default: the plan's expected peak. */
  readonly at?: { readonly value: number; readonly unit: StageUnit };
  /** ms that a doubtful probe is measured; default two minutes, fifteen in a simulation. */
  readonly probeTime?: number;
  /** ms of the same load before; default a quarter of `probeTime`. */
  readonly warmUp?: number;
  /** ms of silence between probes of a live target; default two seconds. */
  readonly pause?: number;
  /** Every probe is simulated on this stack instead of being run. */
  readonly simulate?: StackSpec;
  /** Called once, when the folder exists. */
  readonly onFolder?: (folder: string) => void;
  readonly onProbe?: (begun: ProbeBegun) => void;
  readonly onProbed?: (probe: FoundProbe, found: Found) => void;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ProbeBegun {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  readonly load: number;
  readonly unit: string;
  readonly why: FoundProbe["why"];
}
