import { formatDuration, METRICS, type Warning } from "../../base/index.ts";
import type { Plan, Threshold } from "../../plan/index.ts";
import { carries } from "../../stats/index.ts";
import type { Workload } from "../../workload/index.ts";
import { formatCount } from "../figures.ts";
import { estimate, scriptsOf } from "./estimate.ts";

type Filters = Threshold["filters"];

/** Percentiles to fall back on, the highest first. */
const LOWER = [99, 95, 90, 50];

/** A percentile in percent as a share, without the binary error of the division. */
function share(percentile: number): number {
  return Number((percentile / 100).toFixed(12));
}

/** The fewest samples that carry a percentile. */
function fewest(p: number): number {
  let low = 0;
  let high = 1;
  while (!carries(high, p)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (carries(middle, p)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * A warning for each threshold whose percentile needs more answers than its stage and persona are expected to give. Gaps between
 * tokens are left out: there are many an answer, how many only the target knows. `answerTime` in ms decides how much closed stages ask.
 */
export function fewSamples(plan: Plan, workload: Workload, answerTime: number): readonly Warning[] {
  const { stages, turnsPerSession } = estimate(plan, workload, answerTime);
  const scripts = scriptsOf(workload);
  const turnsOf = (persona?: string): number =>
    scripts.reduce((sum, script) => {
      const counts = persona === undefined || plan.workload.personas[script.persona]?.name === persona;
      return sum + (counts ? script.turns.length : 0);
    }, 0);
  const all = Math.max(1, turnsOf());
  const baseline = (stages.find(({ kind }) => kind === "baseline") ?? stages.find(({ kind }) => kind === "rest"))?.name;

  const expected = ({ stage, persona }: Filters): { readonly answers: number; readonly closed: boolean } => {
    const inside = stages.filter(({ name }) => stage === undefined || name === stage);
    const sessions = inside.reduce((sum, each) => sum + each.sessions, 0);
    const answers = Math.round((sessions * turnsPerSession * turnsOf(persona)) / all);
    return { answers, closed: inside.some(({ unit }) => unit === "users") };
  };

  return plan.slo.flatMap(({ expression, subject, filters, limit }): Warning[] => {
    if (subject.kind !== "metric" || typeof subject.aggregate === "string") return [];
    const { metric, aggregate } = subject;
    if (METRICS.some(({ name, counts }) => name === metric && counts === "gaps")) return [];
    const p = share(aggregate.percentile);
    if (p <= 0 || p >= 1) return [];
    const scopes: Filters[] = [filters];
    if (limit.kind === "baseline" && baseline !== undefined) scopes.push({ ...filters, stage: baseline });
    for (const scope of scopes) {
      const { answers, closed } = expected(scope);
      if (carries(answers, p)) continue;
      const where = scope === filters ? "" : ` in the stage ${scope.stage}, which it is compared with`;
      const condition = closed ? ` if an answer takes ${formatDuration(answerTime)}` : "";
      const lower = LOWER.find((percent) => percent < aggregate.percentile && carries(answers, share(percent)));
      const named = expression.replace(/\s*(<=|>=|==|!=|<|>).*$/, "");
      return [
        {
          code: "SLO_FEW_SAMPLES",
          message: `${named} needs ${formatCount(fewest(p))} answers${where}; about ${formatCount(answers)} are expected${condition}.`,
          hint: lower === undefined ? "Lengthen the stages." : `Lengthen the stages or use p${lower}.`,
        },
      ];
    }
    return [];
  });
}
