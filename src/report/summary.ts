import type { Summary, Verdict } from "../analyse/index.ts";
import { painter } from "./paint.ts";
import type { Reason } from "./reasons.ts";
import { closing } from "./sections/closing.ts";
import { findings } from "./sections/findings.ts";
import { folder } from "./sections/folder.ts";
import { generator } from "./sections/generator.ts";
import { latencies, personaLatencies, stageLatencies } from "./sections/latency.ts";
import { launch, launchLine } from "./sections/launch.ts";
import { load } from "./sections/load.ts";
import { mark } from "./sections/mark.ts";
import { outcomes } from "./sections/outcomes.ts";
import { replay } from "./sections/replay.ts";
import type { KnownWeakness, Section } from "./sections/section.ts";
import { stack } from "./sections/stack.ts";
import { thresholds } from "./sections/thresholds.ts";
import { tokens } from "./sections/tokens.ts";
import { verdict } from "./sections/verdict.ts";
import { warnings } from "./sections/warnings.ts";
import { wrap } from "./text.ts";

/** In the order in which a reader asks: may we launch, why, how fast, how much, at what cost, can I believe it, where is it. */
const SECTIONS: readonly Section[] = [
  verdict,
  thresholds,
  latencies,
  load,
  replay,
  outcomes,
  tokens,
  generator,
  stack,
  stageLatencies,
  personaLatencies,
  warnings,
  folder,
  closing,
];

/** Wider lines are hard to read back, also where the terminal has room. */
const WIDEST = 100;
const NARROWEST = 40;

export interface SummaryOptions {
  /** Columns; more than 100 are not used. */
  readonly width: number;
  readonly color: boolean;
  readonly mode?: "full" | "compact";
  /** Paths below it are shown relative to it. */
  readonly cwd?: string;
  /** False: the run folder is gone by the time that this is read. */
  readonly folder?: boolean;
  /** Shown with their outcomes. */
  readonly reasons?: readonly Reason[];
  /** What `findings.json` says: it comes first. */
  readonly verdict?: Verdict;
  /** Of those that were planted, how they show. */
  readonly weaknesses?: readonly KnownWeakness[];
}

/** The result of a run as text, ending in a line break; no line is longer than the width, and none ends in blanks. */
export function renderSummary(
  summary: Summary,
  {
    width,
    color,
    mode = "full",
    cwd,
    reasons = [],
    weaknesses = [],
    folder: kept = true,
    verdict: said,
  }: SummaryOptions,
): string {
  const context = {
    width: Math.max(NARROWEST, Math.min(WIDEST, width)),
    paint: painter(color),
    mode,
    cwd,
    reasons,
    weaknesses,
    limitIsTold: said?.verdict.word === "cannot-tell" && summary.generator.limited,
  };
  const sections = SECTIONS.filter((section) => kept || section !== folder);
  const judged = said !== undefined && launch(said, context, summary).length > 0;
  const parts = sections.flatMap((section) => {
    const lines = section(summary, context);
    if (said === undefined) return [lines];
    if (section === verdict)
      return [
        [...launch(said, context, summary), ...lines],
        mark(said, context, summary),
        findings(said, context, summary),
      ];
    return [section === closing && judged ? [...wrap(launchLine(said), context.width, "  ", ""), ...lines] : lines];
  });
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}
