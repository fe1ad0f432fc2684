/** What a build's faces show, whether it is of a run or of a comparison: each check a test of the build, each finding a remark. */
export interface CiReport {
  /** What was tested: the plan's name. */
  readonly name: string;
  /** One line with the word and the sentence that decide. */
  readonly headline: string;
  readonly state: "passed" | "failed" | "unknown";
  /** ISO 8601 */
  readonly startedAt: string;
  /** ms */
  readonly duration: number;
  readonly checks: readonly CiCheck[];
  readonly findings: readonly CiFinding[];
  /** The word of each state, as a reader knows it. */
  readonly words: Readonly<Record<CiCheck["state"], string>>;
  /** Whether what cannot be judged is a fault of the build (no data is no pass), or only an open question. */
  readonly unknownFails: boolean;
  /** What a check says of the measured value: a column's title. */
  readonly columns: readonly [check: string, measured: string];
  /** Small print: when, how much, which plan. */
  readonly facts: readonly string[];
}

export interface CiCheck {
  /** Stable over builds: a threshold's expression, a figure and its stage. */
  readonly name: string;
  readonly state: "passed" | "failed" | "unknown";
  readonly measured: string;
  /** Why it failed or is unknown; absent where the name and the measured value say all. */
  readonly why?: string;
}

export interface CiFinding {
  readonly kind: string;
  readonly severity: "high" | "medium" | "low" | "info";
  readonly title: string;
  /** Sentences: evidence, then what to do. */
  readonly details: readonly string[];
}

export function checksIn(report: CiReport, state: CiCheck["state"]): readonly CiCheck[] {
  return report.checks.filter((check) => check.state === state);
}
