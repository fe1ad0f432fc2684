import type { Finding, Summary, Verdict } from "../../analyse/index.ts";
import { formatDuration } from "../../base/index.ts";
import { counted, figure, formatCount, NONE } from "../figures.ts";
import { plain } from "../text.ts";
import type { CiCheck, CiFinding, CiReport } from "./report.ts";

const STATES: Readonly<Record<Summary["verdict"], CiReport["state"]>> = {
  pass: "passed",
  fail: "failed",
  "cannot-tell": "unknown",
  none: "passed",
};

/** Thresholds, verdict and findings of a run. A threshold of a run whose generator was limited proves nothing. */
export function ciOfRun(summary: Summary, verdict: Verdict | undefined): CiReport {
  const { run, plan, total, generator, thresholds } = summary;
  return {
    name: plain(plan.name),
    headline: plain(verdict?.verdict.headline ?? summary.reasons[0]?.message ?? "The run went to its end."),
    state: summary.exitCode === 0 ? STATES[summary.verdict] : summary.verdict === "fail" ? "failed" : "unknown",
    startedAt: run.startedAt,
    duration: run.duration,
    checks: [...thresholds.map((threshold) => checkOf(threshold, generator.limited)), ...endOf(summary)],
    findings: (verdict?.findings ?? []).map(findingOf),
    words: { passed: "held", failed: "crossed", unknown: "unknown" },
    unknownFails: true,
    columns: ["threshold", "measured"],
    facts: [
      `${counted(total.sessions, "session")}, ${counted(total.attempts, "request")} in ${formatDuration(Math.round(run.duration / 1000) * 1000)}`,
      `plan ${plan.hash.slice(0, 8)}, seed ${plan.seed}`,
      ...(run.simulated === undefined ? [] : [`simulated on ${plain(run.simulated.stack)}`]),
      `generator ${generator.limited ? "limited the result" : "well"}`,
      `Plimsoll ${run.plimsoll}`,
    ],
  };
}

function checkOf(
  { expression, observed, held, samples, unit, why }: Summary["thresholds"][number],
  limited: boolean,
): CiCheck {
  const measured = observed === undefined ? NONE : `${figure(observed, unit)} (n = ${formatCount(samples)})`;
  const reason = limited ? "the load generator limited this run" : why;
  return {
    name: plain(expression),
    state: limited ? "unknown" : held ? "passed" : "failed",
    measured,
    ...(reason === undefined ? {} : { why: plain(reason) }),
  };
}

/** A run that did not end as its plan did fails the build by a check of its own. */
function endOf({ reasons, exitCode }: Summary): CiCheck[] {
  const told = reasons.filter(({ code }) => !code.startsWith("THRESHOLD_"));
  if (exitCode === 0 || told.length === 0) return [];
  return [
    {
      name: told.every(({ code }) => code === "GENERATOR_LIMITED")
        ? "the load generator kept up"
        : "the run went to its end",
      state: "unknown",
      measured: NONE,
      why: plain(told.map(({ message }) => message).join(" ")),
    },
  ];
}

function findingOf({ kind, severity, title, evidence, advice }: Finding): CiFinding {
  return {
    kind: plain(kind),
    severity,
    title: plain(title),
    details: [...evidence.map(({ words }) => plain(words)), ...advice.map((each) => plain(each.do))],
  };
}
