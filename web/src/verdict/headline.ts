import type { PageData } from "../../../src/report/page/types.ts";
import { counted } from "../lib/format.ts";

/** The sentence at the top: the verdict's own, else what the thresholds say. */
export function headlineOf({ verdict, summary }: PageData): string {
  if (verdict.verdict.headline !== "") return verdict.verdict.headline;
  const { thresholds, total } = summary;
  if (total.attempts === 0) return "No request was made, so nothing was seen.";
  if (thresholds.length === 0)
    return `${counted(total.attempts, "request")} were made; the plan has no limits to hold them against.`;
  const held = thresholds.filter((threshold) => threshold.held).length;
  if (held === thresholds.length)
    return thresholds.length === 1 ? "The limit held." : `All ${thresholds.length} limits held.`;
  return `${held} of ${counted(thresholds.length, "limit")} held.`;
}
