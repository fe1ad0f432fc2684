import type { Finding, Verdict } from "../../../src/analyse/index.ts";
import type { RuleResult } from "../../../src/analyse/verdict/rule.ts";
import type { Case, Half } from "./cases.ts";
import type { Judged } from "./play.ts";

const PREFIX = "bottleneck.";

export interface Outcome {
  readonly case: string;
  readonly kind: string;
  readonly half: Half;
  readonly seed: number;
  readonly right: readonly string[];
  /** The first-named cause, or `cannot tell`. */
  readonly named: string;
  readonly component: string | undefined;
  readonly confidence: number | undefined;
  readonly isRight: boolean;
  /** Findings of severity high, whatever their kind. */
  readonly high: number;
  /** With less to look at: what was named, by view. */
  readonly less: Readonly<Record<string, string>>;
  readonly line: string;
}

function nameOf({ bottleneck, findings }: Pick<RuleResult, "bottleneck" | "findings">): string {
  return findings.find(({ id }) => id === bottleneck?.first)?.kind.slice(PREFIX.length) ?? "cannot tell";
}

interface Judgement {
  readonly first: Finding | undefined;
  readonly named: string;
  readonly component: string | undefined;
  readonly isRight: boolean;
  readonly high: readonly Finding[];
}

/** What a verdict names first, against what was planted; of a healthy stack nothing may be grave. */
export function judge(one: Case, { bottleneck, findings }: Verdict): Judgement {
  const first = findings.find(({ id }) => id === bottleneck?.first);
  const named = nameOf({ ...(bottleneck === undefined ? {} : { bottleneck }), findings });
  const high = findings.filter(({ severity }) => severity === "high");
  const isPart = one.component === undefined || first?.component.startsWith(one.component) === true;
  const isRight = one.right.length === 0 ? high.length === 0 : one.right.includes(named) && isPart;
  return { first, named, component: first?.component, isRight, high };
}

export function outcomeOf(one: Case, { verdict, attempts, took, views }: Judged): Outcome {
  const { first, named, isRight, high } = judge(one, verdict);
  const { bottleneck } = verdict;
  const runners = bottleneck?.runnersUp.map(
    ({ kind, confidence }) => `${kind.slice(PREFIX.length)} ${confidence.toFixed(2)}`,
  );
  return {
    case: one.name,
    kind: one.kind,
    half: one.half,
    seed: one.seed,
    right: one.right,
    named,
    component: first?.component,
    confidence: first?.confidence,
    isRight,
    high: high.length,
    less: Object.fromEntries(Object.entries(views).map(([view, result]) => [view, nameOf(result)])),
    line: [
      isRight ? "  " : "X ",
      `${one.name} (${one.seed}): ${named}`,
      first === undefined
        ? (bottleneck?.cannotTell ?? "")
        : `at ${first.component} ${first.severity} ${first.confidence.toFixed(2)}`,
      `| ${runners?.join(", ") ?? ""}`,
      `| ${Object.entries(views)
        .map(([view, result]) => `${view}: ${nameOf(result)}`)
        .join("; ")}`,
      `| high: ${high.map(({ kind }) => kind).join(", ")} | ${attempts} attempts, ${Math.round(took)} ms`,
    ].join(" "),
  };
}
