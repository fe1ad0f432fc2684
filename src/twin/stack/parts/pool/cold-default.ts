import type { ColdStart } from "../../../engine/index.ts";
import type { Spread } from "../../spread.ts";
import type { ColdStartSpec } from "./autoscale/cold-start.ts";

/** p99 over median of a phase whose spread the stack leaves to the preset (estimate: clouds' node and image times spread about this much). */
const TAIL_SIGMA = 0.25;

/** Medians of an engine that the stack spells out (estimate: an 8B model's). */
const UNKNOWN: ColdStart = { node: 90_000, image: 60_000, weights: 20_000, init: 40_000 };

type WrittenColdStart = { readonly [K in keyof ColdStart]?: Spread | undefined };

/** The phases as written; the rest log-normal about the preset's medians. */
export function completeColdStart(written: WrittenColdStart | undefined, preset: ColdStart | undefined): ColdStartSpec {
  const medians = preset ?? UNKNOWN;
  const phase = (name: keyof ColdStart): Spread => written?.[name] ?? { median: medians[name], sigma: TAIL_SIGMA };
  return { node: phase("node"), image: phase("image"), weights: phase("weights"), init: phase("init") };
}
