import { type CiCheck, type CiReport, checksIn } from "./report.ts";

/**
 * JUnit XML as GitHub's reporters, GitLab, Jenkins and Azure read it (the schema of Jenkins' xunit plugin): a suite of the checks, findings as its
 * output. A check that could not be judged is an error: no data is no pass.
 */
export function junit(report: CiReport): string {
  const { name, headline, startedAt, duration, checks, findings } = report;
  const counts = `tests="${checks.length}" failures="${checksIn(report, "failed").length}" errors="${checksIn(report, "unknown").length}" skipped="0" time="${(duration / 1000).toFixed(3)}"`;
  const output = [
    headline,
    ...findings.flatMap(({ severity, title, details }) => [
      `${severity}: ${title}`,
      ...details.map((line) => `  ${line}`),
    ]),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="plimsoll" ${counts}>`,
    `  <testsuite name="${escaped(name)}" timestamp="${startedAt.replace(/(\.\d+)?Z$/, "")}" ${counts}>`,
    ...checks.flatMap((check) => testCase(name, check)),
    `    <system-out>${escaped(output.join("\n"))}</system-out>`,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const ELEMENTS: Readonly<Record<CiCheck["state"], "failure" | "error" | undefined>> = {
  passed: undefined,
  failed: "failure",
  unknown: "error",
};

function testCase(suite: string, { name, state, measured, why }: CiCheck): string[] {
  const head = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"`;
  const element = ELEMENTS[state];
  if (element === undefined) return [`${head}/>`];
  const message = escaped(why === undefined ? `measured ${measured}` : `measured ${measured}: ${why}`);
  return [
    `${head}>`,
    `      <${element} type="${state === "failed" ? "crossed" : "unknown"}" message="${message}"/>`,
    "    </testcase>",
  ];
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text for an attribute or an element; what XML 1.0 cannot hold becomes a space. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, " ")
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
