import type { RunManifest } from "../../record/index.ts";
import type { PageLimit } from "./types.ts";

/** The plan's thresholds, taken apart. */
export function pageLimits({ slo }: RunManifest): readonly PageLimit[] {
  return slo.map(({ expression, subject, operator, limit, filters }) => ({
    expression,
    subject: subjectOf(subject),
    ...(subject.kind === "metric" ? { metric: subject.metric } : {}),
    operator,
    ...(limit.kind === "value" ? { limit: limit.value } : {}),
    ...filters,
  }));
}

function subjectOf(subject: RunManifest["slo"][number]["subject"]): string {
  switch (subject.kind) {
    case "metric": {
      const { metric, aggregate } = subject;
      return `${metric}.${typeof aggregate === "string" ? aggregate : `p${aggregate.percentile}`}`;
    }
    case "errors.rate":
      return "errors.rate";
    case "outcomes":
      return `outcomes.${subject.outcome}.${subject.aggregate}`;
    case "rates":
      return `rates.${subject.rate}`;
    case "tokens":
      return `tokens.${subject.tokens}`;
    case "cost":
      return `cost.${subject.aggregate}`;
  }
}
