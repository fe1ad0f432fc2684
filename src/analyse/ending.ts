import { EXIT, type ExitCode } from "../base/index.ts";
import type { Judged } from "./judge.ts";
import type { Summary } from "./summary-schema.ts";

/** Why a run ended, as the `end` event's detail says; `lost`: there is no such event, the run was killed from outside. */
export const CAUSES = [
  "finished",
  "enough",
  "interrupted",
  "killed",
  "budget",
  "guard",
  "threshold",
  "unreachable",
  "internal",
  "lost",
] as const;
export type Cause = (typeof CAUSES)[number];

export interface End {
  readonly cause: Cause;
  /** What the conductor had to say of it. */
  readonly message?: string;
}

type Verdict = Summary["verdict"];
type Reason = Summary["reasons"][number];

export interface Outcome {
  readonly verdict: Verdict;
  readonly exitCode: ExitCode;
  readonly reasons: readonly Reason[];
}

interface CauseEntry {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
}

/** What a cause means for the exit code; those without an entry ended as planned, and their thresholds decide. */
const ENTRIES: Readonly<Partial<Record<Cause, CauseEntry>>> = {
  internal: { exitCode: EXIT.internal, code: "RUN_FAILED", message: "Plimsoll failed." },
  interrupted: { exitCode: EXIT.interrupted, code: "RUN_INTERRUPTED", message: "The run was interrupted." },
  killed: {
    exitCode: EXIT.interrupted,
    code: "RUN_INTERRUPTED",
    message: "The run was interrupted twice and ended at once.",
  },
  lost: { exitCode: EXIT.interrupted, code: "RUN_KILLED", message: "The run was killed before it could end." },
  unreachable: { exitCode: EXIT.unreachable, code: "TARGET_UNREACHABLE", message: "The target could not be reached." },
  budget: { exitCode: EXIT.budgetSpent, code: "BUDGET_SPENT", message: "The budget was spent before the plan's end." },
  guard: { exitCode: EXIT.guardAborted, code: "GUARD_ABORTED", message: "A guard stopped the run." },
};

/**
 * Exit code, verdict and reasons of a run. The first that applies decides the code: a fault of Plimsoll's own 1, interrupted 105,
 * unreachable 122, budget 121, guard 108, limited generator 120, a threshold that did not hold 99, else 0. A verdict is given only on a run
 * that ran its course, or whose thresholds were crossed by what was measured.
 */
export function conclude(end: End, thresholds: readonly Judged[], generator: Summary["generator"]): Outcome {
  const entry = ENTRIES[end.cause];
  const aborted = end.cause === "threshold";
  const broken = thresholds.filter((threshold) => !threshold.held);
  const crossed = broken.filter((threshold) => threshold.observed !== undefined);
  const reasons: Reason[] = [
    ...(entry ? [{ code: entry.code, message: end.message ?? entry.message }] : []),
    ...(aborted
      ? [{ code: "THRESHOLD_ABORTED", message: end.message ?? "A threshold with abortOnFail stopped the run." }]
      : []),
    ...(generator.limited
      ? [{ code: "GENERATOR_LIMITED", message: `The load generator limited the result: ${generator.why.join("; ")}.` }]
      : []),
    ...broken.map((threshold) => ({
      code: threshold.observed === undefined ? "THRESHOLD_WITHOUT_DATA" : "THRESHOLD_CROSSED",
      message:
        threshold.observed === undefined
          ? `${threshold.expression} could not be judged: ${threshold.why ?? "nothing was measured"}.`
          : `${threshold.expression} did not hold${threshold.why ? `: ${threshold.why}` : ""}.`,
    })),
  ];
  const exitCode =
    entry?.exitCode ??
    (generator.limited ? EXIT.generatorLimited : broken.length > 0 || aborted ? EXIT.thresholdCrossed : EXIT.held);
  return { exitCode, reasons, verdict: verdictOf() };

  function verdictOf(): Verdict {
    if (thresholds.length === 0) return "none";
    if (generator.limited || end.cause === "unreachable" || end.cause === "internal") return "cannot-tell";
    if (crossed.length > 0 || aborted) return "fail";
    return broken.length > 0 || entry ? "cannot-tell" : "pass";
  }
}
