import type { CiCheck, CiReport } from "./report.ts";

const MARKS: Readonly<Record<CiReport["state"], string>> = {
  passed: "✅",
  failed: "❌",
  unknown: "⚠️",
};
/** Rows of a table and findings that a reader of a pull request still reads. */
const MOST_ROWS = 60;
const MOST_FINDINGS = 8;

/** GitHub-flavoured Markdown, for a step's summary and a pull request alike: the sentence first, checks as a table, findings under it. */
export function markdown(report: CiReport): string {
  const { name, headline, state, checks, findings, columns, facts } = report;
  const lines = [`## ${MARKS[state]} ${text(name)}`, "", `**${text(headline)}**`, ""];
  if (checks.length > 0) {
    const order: readonly CiCheck["state"][] = ["failed", "unknown", "passed"];
    const sorted = order.flatMap((wanted) => checks.filter((check) => check.state === wanted));
    lines.push(`| | ${columns[0]} | ${columns[1]} |`, "| --- | --- | --- |");
    for (const check of sorted.slice(0, MOST_ROWS)) {
      const why = check.why === undefined ? "" : `<br>${text(check.why)}`;
      lines.push(
        `| ${MARKS[check.state]} ${report.words[check.state]} | ${code(check.name)} | ${text(check.measured)}${why} |`,
      );
    }
    if (sorted.length > MOST_ROWS) lines.push("", `${sorted.length - MOST_ROWS} more are left out here.`);
    lines.push("");
  }
  if (findings.length > 0) {
    lines.push("### Findings", "");
    for (const { severity, title, details } of findings.slice(0, MOST_FINDINGS)) {
      lines.push(`- **${text(title)}** (${severity})`, ...details.map((detail) => `  - ${text(detail)}`));
    }
    if (findings.length > MOST_FINDINGS) lines.push(`- ${findings.length - MOST_FINDINGS} more are in the report.`);
    lines.push("");
  }
  lines.push(`<sub>${facts.map(text).join(" · ")}</sub>`, "");
  return lines.join("\n");
}

/** Text that Markdown and HTML leave alone: no markup of a plan, a target or a finding reaches the page; no @name calls anybody. */
function text(raw: string): string {
  return raw
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_{}[\]#|~]/g, "\\$&")
    .replaceAll("@", "&#64;")
    .replace(/\s*\n\s*/g, " ");
}

function code(raw: string): string {
  return `<code>${text(raw)}</code>`;
}
