import { type CiCheck, type CiReport, checksIn } from "./report.ts";

/**
 * JUnit XML as GitHub's reporters, GitLab, Jenkins and Azure read it (the schema of Jenkins' xunit plugin): a suite of the checks, findings as its
 * output. A threshold that could not be judged is an error: no data is no pass; a figure of a comparison
 * that could not is skipped.
 */
export function junit(report: CiReport): string {
  const { name, headline, startedAt, duration, checks, findings } = report;
  const unknown = checksIn(report, "unknown").length;
  const [errors, skipped] = report.unknownFails ? [unknown, 0] : [0, unknown];
  const counts = `tests="${checks.length}" failures="${checksIn(report, "failed").length}" errors="${errors}" time="${(duration / 1000).toFixed(3)}"`;
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
    `  <testsuite name="${escaped(name)}" timestamp="${startedAt.replace(/(\.\d+)?Z$/, "")}" ${counts} skipped="${skipped}">`,
    ...checks.flatMap((check) => testCase(report, check)),
    `    <system-out>${escaped(output.join("\n"))}</system-out>`,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase({ name: suite, unknownFails }: CiReport, { name, state, measured, why }: CiCheck): string[] {
  const head = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"`;
  if (state === "passed") return [`${head}/>`];
  const message = escaped(why === undefined ? `measured ${measured}` : `measured ${measured}: ${why}`);
  const element =
    state === "failed"
      ? `<failure type="crossed" message="${message}"/>`
      : unknownFails
        ? `<error type="unknown" message="${message}"/>`
        : `<skipped message="${message}"/>`;
  return [`${head}>`, `      ${element}`, "    </testcase>"];
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
