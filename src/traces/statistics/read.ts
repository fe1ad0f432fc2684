import type { Fault } from "../../base/index.ts";
import type { TraceSource } from "../parser.ts";
import { streamTrace } from "../read.ts";
import { Describing, type TraceStatistics } from "./describe.ts";

/** What of a trace is looked at: ms from its first request on; absent: all. */
export interface TraceCut {
  readonly from?: number;
  readonly for?: number;
}

/** Describes a trace, or says every fault of it; a line with a fault is left out of what is described. */
export async function describeTrace(
  source: TraceSource,
  cut: TraceCut = {},
): Promise<{ readonly statistics: TraceStatistics | undefined; readonly faults: readonly Fault[] }> {
  const describing = new Describing();
  let zero: number | undefined;
  const from = cut.from ?? 0;
  const to = from + (cut.for ?? Number.POSITIVE_INFINITY);
  const facts = await streamTrace(source, (row, format) => {
    zero ??= row.at;
    const at = row.at - zero;
    if (at >= to) return false;
    if (at >= from) describing.add(row, format);
    return true;
  });
  return { statistics: describing.result(facts), faults: facts.faults };
}
