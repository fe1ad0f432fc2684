import { formatDuration, type Warning } from "../base/index.ts";
import type { Recorder } from "../record/index.ts";
import type { RunOptions } from "./types.ts";

/** Keeps a warning in the record, and tells whoever conducts the run. */
export function warn(warning: Warning, recorder: Recorder, at: number, options: Pick<RunOptions, "onWarning">): void {
  const { code, ...detail } = warning;
  recorder.event({ at, kind: "warning", name: code, detail });
  options.onWarning?.(warning);
}

/** @param drain ms */
export function drainCap(open: number, drain: number): Warning {
  return {
    code: "DRAIN_CAP",
    message: `${open} answers were still open ${formatDuration(drain)} after the last stage and were cut off. They count as cancelled, with the time so far.`,
    hint: "Set generator.drain to a longer time to let them end.",
  };
}
