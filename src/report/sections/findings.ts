import type { Finding, Verdict } from "../../analyse/index.ts";
import { plain, wrap } from "../text.ts";
import type { VerdictSection } from "./launch.ts";
import { heading, type SectionContext } from "./section.ts";

/** Findings told beside the first bottleneck. */
const MOST = 3;
const EVIDENCE = 3;

/** What gives way first and why, then what else weighs, each with its evidence and what to do. */
export const findings: VerdictSection = (verdict, context) => {
  const { bottleneck } = verdict;
  const first = verdict.findings.find(({ id }) => id === bottleneck?.first);
  const lines: string[] = [];
  if (first !== undefined) lines.push(heading("What gives way first", "", context), ...told(first, context));
  else if (bottleneck?.cannotTell !== undefined && harmed(verdict)) {
    lines.push(heading("What gives way first", "", context));
    lines.push(...wrap(`It cannot be told: ${plain(bottleneck.cannotTell)}`, context.width, "  "));
  }
  const others = verdict.findings
    .filter((finding) => finding !== first && WEIGHTY.has(finding.severity))
    .slice(0, MOST);
  if (others.length > 0) {
    if (lines.length > 0) lines.push("");
    lines.push(heading(first === undefined ? "Findings" : "Also found", "", context));
    for (const finding of others) lines.push(...told(finding, context));
  }
  return lines;
};

const WEIGHTY: ReadonlySet<Finding["severity"]> = new Set(["high", "medium"]);

function harmed({ verdict, findings: found }: Verdict): boolean {
  return verdict.word === "no-go" || found.some(({ severity }) => severity === "high");
}

function told({ title, confidence, evidence, advice }: Finding, { width, mode, paint }: SectionContext): string[] {
  const sure = `(confidence ${Math.round(confidence * 100)} %)`;
  const lines = wrap(`${plain(title)} ${sure}`, width, "  ");
  if (mode === "compact") return lines;
  for (const { words, speaks } of evidence.slice(0, EVIDENCE)) {
    const sign = speaks === "for" ? "+" : "-";
    lines.push(...wrap(`${sign} ${plain(words)}`, width, "      ", "    ").map((text) => paint(text, "dim")));
  }
  const [best] = advice;
  if (best !== undefined)
    lines.push(...wrap(`→ ${sentence(plain(best.do))} ${plain(best.why)}`, width, "      ", "    "));
  return lines;
}

function sentence(text: string): string {
  return /[.:]$/.test(text) ? text : `${text}.`;
}
