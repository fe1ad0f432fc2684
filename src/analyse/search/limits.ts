import type { Plan, Threshold } from "../../plan/index.ts";
import { shareOf } from "../judge.ts";

/** How one threshold is counted in a probe: a sum over another, held against what the threshold allows. */
export interface SearchLimit {
  readonly threshold: Threshold;
  readonly kind: "share" | "mean";
  /** Share that may break, 0 to 1, or the limit of the mean in base units. */
  readonly allowed: number;
  /** 1: more is worse; -1: less is worse. */
  readonly sign: 1 | -1;
}

export interface LimitChoice {
  readonly limits: readonly SearchLimit[];
  readonly leftOut: readonly { readonly expression: string; readonly why: string }[];
}

/** Kinds of stage whose load is the load that a probe holds; what a plan asks of the others is no limit of it. */
const LOADED: ReadonlySet<string> = new Set(["steady", "soak", "stress", "ramp", "replay"]);

/** Thresholds that a load can break, and how; those that say nothing on the highest load are told with the reason. */
export function searchLimits({ slo, stages }: Pick<Plan, "slo" | "stages">): LimitChoice {
  const limits: SearchLimit[] = [];
  const leftOut: { expression: string; why: string }[] = [];
  for (const threshold of slo) {
    const { stage } = threshold.filters;
    const kind = stages.find(({ name }) => name === stage)?.kind;
    const limit =
      kind !== undefined && !LOADED.has(kind)
        ? `it is asked of a ${kind} stage, which no probe has`
        : limitOf(threshold);
    if (typeof limit === "string") leftOut.push({ expression: threshold.expression, why: limit });
    else limits.push(limit);
  }
  return { limits, leftOut };
}

function limitOf(threshold: Threshold): SearchLimit | string {
  const { subject, operator, limit } = threshold;
  if (operator === "==" || operator === "!=") return "a load reaches a limit from one side, and this one has none";
  if (limit.kind === "baseline") return "its limit has to be measured in a baseline stage first";
  const sign = operator.startsWith("<") ? 1 : -1;
  switch (subject.kind) {
    case "metric": {
      if (subject.aggregate === "mean") return { threshold, kind: "mean", allowed: limit.value, sign };
      // Beyond the limit lie at most 1 - p of the attempts where it holds; at least as many where less is worse.
      const p =
        typeof subject.aggregate === "string" ? extremeShare(subject.aggregate) : shareOf(subject.aggregate.percentile);
      return { threshold, kind: "share", allowed: 1 - p, sign };
    }
    case "errors.rate":
      return { threshold, kind: "share", allowed: limit.value, sign };
    case "outcomes":
      if (subject.aggregate === "rate") return { threshold, kind: "share", allowed: limit.value, sign };
      return "a count grows with the length of a run, not only with its load";
    case "rates":
      return "a rate follows the load that is asked for; it does not limit it";
    case "tokens":
      return "a sum grows with the length of a run, not only with its load";
    case "cost":
      if (subject.aggregate === "total") return "a sum grows with the length of a run, not only with its load";
      return { threshold, kind: "mean", allowed: limit.value, sign };
  }
}

function extremeShare(aggregate: "min" | "max"): number {
  return aggregate === "max" ? 1 : 0;
}
