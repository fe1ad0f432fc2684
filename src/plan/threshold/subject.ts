import { type Fault, METRIC_NAMES, type MetricName, OUTCOME_NAMES, type Outcome } from "../../base/index.ts";
import { nearest } from "../did-you-mean.ts";
import type { ThresholdSubject } from "../types.ts";
import { exact, type LimitUnit } from "./units.ts";

const OUTCOME_AGGREGATES = ["rate", "count"] as const;
const RATES = ["asked", "started", "completed", "goodput"] as const;
const TOKENS = ["input", "cached", "output", "reasoning"] as const;
const COSTS = ["total", "perAnswer", "perGoodAnswer"] as const;
const AGGREGATES = ["min", "mean", "max"] as const;
const AGGREGATE_SYNONYMS: Readonly<Record<string, string>> = {
  avg: "mean",
  average: "mean",
  med: "p50",
  median: "p50",
  p100: "max",
  p0: "min",
};
const SUBJECTS = [...METRIC_NAMES, "errors", "outcomes", "rates", "tokens", "cost"];

/** What the figures of a subject are counted in. */
export function unitOf(subject: ThresholdSubject): LimitUnit {
  switch (subject.kind) {
    case "metric":
      return "duration";
    case "errors.rate":
      return "share";
    case "outcomes":
      return subject.aggregate === "rate" ? "share" : "count";
    case "rates":
      return "rate";
    case "tokens":
      return "tokens";
    case "cost":
      return "money";
  }
}

/** A subject as text, in the two pieces between which filters stand. */
export function nameOf(subject: ThresholdSubject): readonly [string, string] {
  switch (subject.kind) {
    case "metric": {
      const { aggregate } = subject;
      return [subject.metric, typeof aggregate === "string" ? `.${aggregate}` : `.p${exact(aggregate.percentile)}`];
    }
    case "errors.rate":
      return ["errors", ".rate"];
    case "outcomes":
      return [`outcomes.${subject.outcome}`, `.${subject.aggregate}`];
    case "rates":
      return ["rates", `.${subject.rate}`];
    case "tokens":
      return ["tokens", `.${subject.tokens}`];
    case "cost":
      return ["cost", `.${subject.aggregate}`];
  }
}

export function fault(code: string, message: string, hint: string): Fault {
  return { code, message, hint };
}

/** A hint for an unknown name. */
export function suggestion(given: string, known: readonly string[]): string {
  const meant = nearest(given, known);
  return meant ? `Did you mean \`${meant}\`?` : `Use one of ${known.join(", ")}.`;
}

/** `ttft.p95`, `outcomes.severed.rate`, ...: without filters. */
export function readSubject(text: string, faults: Fault[]): ThresholdSubject | undefined {
  const [head = "", ...rest] = text.split(".");
  const tail = rest.join(".");
  if (head === "quality") {
    faults.push(fault("PLAN_NOT_YET", "this version does not judge answers yet", "Remove this limit."));
    return undefined;
  }
  const metric = METRIC_NAMES.find((name) => name === head);
  if (metric) return readMetric(metric, tail, faults);
  const reader = GROUPS[head];
  if (reader) return reader(tail, faults);
  faults.push(fault("PLAN_THRESHOLD", `unknown subject \`${head}\``, suggestion(head, SUBJECTS)));
  return undefined;
}

function readMetric(metric: MetricName, tail: string, faults: Fault[]): ThresholdSubject | undefined {
  if (tail === "") {
    faults.push(
      fault(
        "PLAN_THRESHOLD",
        `\`${metric}\` alone says not which of its values`,
        `Write \`${metric}.p95\`, or mean, max or another percentile.`,
      ),
    );
    return undefined;
  }
  const aggregate = AGGREGATES.find((name) => name === tail) ?? readPercentile(tail);
  if (aggregate) return { kind: "metric", metric, aggregate };
  const meant = AGGREGATE_SYNONYMS[tail];
  faults.push(
    fault(
      "PLAN_THRESHOLD",
      `unknown aggregate \`${tail}\``,
      meant ? `Write \`${metric}.${meant}\`.` : "Use min, mean, max, or a percentile such as p50, p95, p99.9.",
    ),
  );
  return undefined;
}

/** `p95`, `p97.5`, `p99.9`; `p999` and `p9999` are 99.9 and 99.99. */
function readPercentile(text: string): { percentile: number } | undefined {
  const match = /^p(?:\((\d{1,2}(?:\.\d{1,6})?)\)|(\d{1,2}(?:\.\d{1,6})?)|99(9{1,4}))$/.exec(text);
  if (!match) return undefined;
  const percentile = match[3] ? Number(`99.${match[3]}`) : Number(match[1] ?? match[2]);
  return percentile > 0 && percentile < 100 ? { percentile } : undefined;
}

function oneOf<T extends string>(group: string, given: string, known: readonly T[], faults: Fault[]): T | undefined {
  const found = known.find((name) => name === given);
  if (!found)
    faults.push(
      fault(
        "PLAN_THRESHOLD",
        given === "" ? `\`${group}\` alone says not which` : `unknown \`${group}.${given}\``,
        suggestion(given, known),
      ),
    );
  return found;
}

const GROUPS: Readonly<Record<string, (tail: string, faults: Fault[]) => ThresholdSubject | undefined>> = {
  errors: (tail, faults) => (oneOf("errors", tail, ["rate"], faults) ? { kind: "errors.rate" } : undefined),
  outcomes: (tail, faults) => {
    const [name = "", kind = ""] = tail.split(".");
    const outcome: Outcome | undefined = oneOf("outcomes", name, OUTCOME_NAMES, faults);
    const aggregate = oneOf(`outcomes.${name}`, kind, OUTCOME_AGGREGATES, faults);
    return outcome && aggregate ? { kind: "outcomes", outcome, aggregate } : undefined;
  },
  rates: (tail, faults) => {
    const rate = oneOf("rates", tail, RATES, faults);
    return rate ? { kind: "rates", rate } : undefined;
  },
  tokens: (tail, faults) => {
    const tokens = oneOf("tokens", tail, TOKENS, faults);
    return tokens ? { kind: "tokens", tokens } : undefined;
  },
  cost: (tail, faults) => {
    const aggregate = oneOf("cost", tail, COSTS, faults);
    return aggregate ? { kind: "cost", aggregate } : undefined;
  },
};
