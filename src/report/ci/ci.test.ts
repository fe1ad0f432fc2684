import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { githubAnnotations } from "./github.ts";
import { gitlabReport } from "./gitlab.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import type { CiReport } from "./report.ts";

const report = (over: Partial<CiReport> = {}): CiReport => ({
  name: "desk",
  headline: "It carries 2.9 sessions a second. Launch day brings 4.",
  state: "failed",
  startedAt: "2026-01-02T03:04:05.678Z",
  duration: 61_234,
  checks: [
    { name: "ttft.p95 < 800ms", state: "failed", measured: "1.40 s (n = 612)" },
    { name: "errors.rate < 1%", state: "passed", measured: "0 % (n = 612)" },
    { name: "tpot.p99 < 20ms", state: "unknown", measured: "–", why: "12 samples cannot carry p99" },
  ],
  findings: [{ kind: "queue", severity: "high", title: "The model queues.", details: ["465 wait.", "Add a replica."] }],
  words: { passed: "held", failed: "crossed", unknown: "unknown" },
  unknownFails: true,
  columns: ["threshold", "measured"],
  facts: ["612 requests"],
  ...over,
});

/** Elements and attributes of well-formed XML; throws where it is not. */
function elements(xml: string): readonly string[] {
  const body = xml.replace(/^<\?xml[^>]*\?>/, "");
  const open: string[] = [];
  const names: string[] = [];
  for (const [, close, name = "", attributes = "", empty] of body.matchAll(
    /<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    if (close) expect(open.pop()).toBe(name);
    else {
      names.push(name);
      if (!empty) open.push(name);
    }
    expect(attributes).not.toMatch(/&(?!amp;|lt;|gt;|quot;|apos;)/);
  }
  expect(open).toEqual([]);
  expect(body.replace(/<[^<>]*>/g, "")).not.toContain("<");
  return names;
}

describe("JUnit", () => {
  it("has a test for each threshold: crossed ones fail, those without data are errors", () => {
    const xml = junit(report());
    expect(elements(xml)).toEqual([
      "testsuites",
      "testsuite",
      "testcase",
      "failure",
      "testcase",
      "testcase",
      "error",
      "system-out",
    ]);
    expect(xml).toContain('tests="3" failures="1" errors="1" time="61.234" skipped="0"');
    // The schema knows no count of skipped tests on the outermost element.
    expect(/<testsuites [^>]*>/.exec(xml)?.[0]).not.toContain("skipped");
    expect(xml).toContain('timestamp="2026-01-02T03:04:05"');
  });

  it("skips a figure of a comparison that cannot be told: its exit code does not fail the build either", () => {
    const xml = junit(report({ unknownFails: false }));
    expect(xml).toContain('errors="0" time="61.234" skipped="1"');
    expect(elements(xml)).toContain("skipped");
  });

  it("stays well-formed whatever a target or a plan is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
        const check = { name: text, state: "failed" as const, measured: text, why: text };
        const xml = junit(report({ name: text, headline: text, checks: [check], findings: [] }));
        elements(xml);
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      }),
      { numRuns: 25 },
    );
  });
});

describe("GitHub's annotations", () => {
  it("are errors for crossed thresholds, warnings for unknown ones and grave findings, at the plan's file", () => {
    const lines = githubAnnotations(report(), "plans/desk.yaml").trimEnd().split("\n");
    expect(lines).toEqual([
      "::error file=plans/desk.yaml,title=ttft.p95 < 800ms::measured 1.40 s (n = 612)",
      "::warning file=plans/desk.yaml,title=tpot.p99 < 20ms::measured –: 12 samples cannot carry p99",
      "::warning file=plans/desk.yaml,title=The model queues.::465 wait. Add a replica.",
    ]);
  });

  it("let no text begin a command of its own", () => {
    const evil = "a,b:c%\n::set-output name=x::y";
    const check = { name: evil, state: "failed" as const, measured: evil };
    const text = githubAnnotations(report({ checks: [check], findings: [] }), undefined);
    expect(text.trimEnd().split("\n")).toHaveLength(1);
    expect(text).toContain("title=a%2Cb%3Ac%25%0A%3A%3Aset-output name=x%3A%3Ay::");
  });
});

describe("GitLab's report", () => {
  it("tells what failed as blockers, and keeps a problem's fingerprint from build to build", () => {
    const read = (text: string): { severity: string; fingerprint: string }[] => JSON.parse(text);
    const first = read(gitlabReport(report(), "plan.yaml"));
    const later = read(
      gitlabReport(report({ checks: report().checks.map((c) => ({ ...c, measured: "2 s" })) }), "plan.yaml"),
    );
    expect(first.map(({ severity }) => severity)).toEqual(["blocker", "major", "critical"]);
    expect(later.map(({ fingerprint }) => fingerprint)).toEqual(first.map(({ fingerprint }) => fingerprint));
    expect(new Set(first.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });
});

describe("Markdown", () => {
  it("begins with the sentence that decides, and tells what failed first", () => {
    const lines = markdown(report()).split("\n");
    expect(lines[0]).toBe("## ❌ desk");
    expect(lines[2]).toBe("**It carries 2.9 sessions a second. Launch day brings 4.**");
    const rows = lines.filter((line) => line.startsWith("| ") && !line.includes("---") && !line.startsWith("| |"));
    expect(rows.map((row) => row.split("|")[1]?.trim())).toEqual(["❌ crossed", "⚠️ unknown", "✅ held"]);
    expect(lines.join("\n")).toContain("**The model queues.** (high)");
  });

  it("shows the words of a hostile target as words: no markup, no row, no mention", () => {
    const evil = "<img src=x> | [a](http://b) @everyone `x`\n| y |";
    const text = markdown(report({ headline: evil, checks: [], findings: [] }));
    expect(text).not.toContain("<img");
    expect(text).not.toContain("@everyone");
    expect(text).not.toMatch(/(?<!\\)\[a/);
    expect(text.split("\n").some((line) => line.startsWith("| y"))).toBe(false);
  });
});
