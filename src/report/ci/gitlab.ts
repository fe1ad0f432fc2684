import { createHash } from "node:crypto";
import { type CiFinding, type CiReport, checksIn } from "./report.ts";

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: "info" | "minor" | "major" | "critical" | "blocker";
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const SEVERITIES: Readonly<Record<CiFinding["severity"], Issue["severity"]>> = {
  high: "critical",
  medium: "major",
  low: "minor",
  info: "info",
};

/** GitLab's code quality report (a subset of Code Climate's): failed and unknown checks, and findings, at the plan's first line. */
export function gitlabReport(report: CiReport, file: string): string {
  const issue = (name: string, severity: Issue["severity"], description: string, key: string): Issue => ({
    description,
    check_name: name,
    // The same in every build while the problem is, so that GitLab tells new from old.
    fingerprint: createHash("sha256").update(`${file}\n${name}\n${key}`).digest("hex"),
    severity,
    location: { path: file, lines: { begin: 1 } },
  });
  const because = (why: string | undefined): string => (why === undefined ? "" : `: ${why}`);
  const issues = [
    ...checksIn(report, "failed").map(({ name, measured, why }) =>
      issue("threshold", "blocker", `${name} does not hold, measured ${measured}${because(why)}`, name),
    ),
    ...(report.unknownFails ? checksIn(report, "unknown") : []).map(({ name, measured, why }) =>
      issue("unknown", "major", `${name} cannot be judged, measured ${measured}${because(why)}`, name),
    ),
    ...report.findings.map(({ kind, severity, title }) => issue(kind, SEVERITIES[severity], title, title)),
  ];
  return `${JSON.stringify(issues, null, 2)}\n`;
}
