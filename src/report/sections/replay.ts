import { formatLatency } from "../figures.ts";
import { plain, wrap } from "../text.ts";
import type { Section } from "./section.ts";

/** How exactly each replayed trace was replayed: the times of its requests against those at which they began. */
export const replay: Section = ({ stages, run }, { width }) => {
  if (run.simulated !== undefined) return [];
  return stages.flatMap(({ kind, name, attempts, metrics: { startLag } }) => {
    if (kind !== "replay" || attempts === 0 || startLag === undefined) return [];
    const { p50, p99, max } = startLag;
    const told = [
      ...(p50 === undefined ? [] : [`p50 ${formatLatency(p50)}`]),
      ...(p99 === undefined ? [] : [`p99 ${formatLatency(p99)}`]),
      ...(max === undefined ? [] : [`at most ${formatLatency(max)}`]),
    ];
    if (told.length === 0) return [];
    const text = `Replay lag of ${plain(name)}, from the trace's times to the starts: ${told.join(", ")} (n = ${startLag.n}).`;
    return wrap(text, width, "  ", "");
  });
};
