import type { PageData } from "../../../src/report/page/types.ts";
import { figure } from "./format.ts";
import { limitOf } from "./names.ts";

type Threshold = PageData["summary"]["thresholds"][number];

/** What was measured of a limit over the whole run; `≥` where attempts that were still waiting make it only a lower bound. */
export function measuredText(data: PageData, { expression, observed, unit }: Threshold): string {
  const limit = limitOf(data, expression);
  const isWhole = limit?.stage === undefined && limit?.persona === undefined;
  const metric = Object.entries(data.summary.total.metrics).find(([name]) => name === limit?.metric)?.[1];
  const statistic = limit?.subject.slice((limit.metric?.length ?? 0) + 1).replace(".", "") ?? "";
  const bounds: readonly string[] = metric?.atLeast ?? [];
  const isBound = isWhole && observed !== undefined && bounds.includes(statistic);
  return `${isBound ? "≥ " : ""}${figure(observed, unit)}`;
}
