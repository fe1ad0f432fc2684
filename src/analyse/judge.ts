import { PERCENTILES } from "../base/index.ts";
import type { Threshold, ThresholdSubject } from "../plan/index.ts";
import { carries } from "../stats/index.ts";
import { costOf, ratesOf } from "./group-summary.ts";
import type { Measurements } from "./measure.ts";
import { unitOf } from "./measures.ts";
import { rounded } from "./round.ts";
import type { Distribution, Measured, Scope } from "./scope.ts";
import type { Summary } from "./summary-schema.ts";
import type { Timing } from "./timing.ts";

export type Judged = Summary["thresholds"][number];

/** A figure of one scope as a threshold names it: absent with a reason, exact, or only a lower bound. */
interface Observed {
  readonly value?: number;
  readonly samples: number;
  readonly why?: string;
  /** The largest that the figure can be; absent: as observed. */
  readonly upTo?: number;
  /** The figure itself is not known, but it is at least so large; `name`: the figure that shows it. */
  readonly atLeast?: { readonly value: number; readonly name: string };
}

export interface Evidence {
  readonly measurements: Measurements;
  readonly time: Timing;
  /** Name of the stage that `baseline` means: the first of kind baseline, else of kind rest. */
  readonly baseline: string | undefined;
}

const HOLDS: Readonly<Record<Threshold["operator"], (value: number, limit: number) => boolean>> = {
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
  "==": (value, limit) => value === limit,
  "!=": (value, limit) => value !== limit,
};

/** Whether a figure keeps its limit. */
export function holds(operator: Threshold["operator"], value: number, limit: number): boolean {
  return HOLDS[operator](value, limit);
}

/** Judges one threshold. A figure without data, or one that is only known to be at least so large, does not hold by default. */
export function judge(threshold: Threshold, evidence: Evidence): Judged {
  const { expression, subject, filters, operator } = threshold;
  const seen = observe(subject, filters, evidence);
  const base = { expression, samples: seen.samples, unit: unitOf(subject) };
  if (seen.value === undefined) {
    const limit = limitOf(threshold, evidence);
    const proven = seen.atLeast && typeof limit === "number" && operator.startsWith("<");
    if (proven && !holds(operator, seen.atLeast.value, limit)) {
      const why = `${seen.atLeast.name} is already beyond the limit; ${seen.why ?? ""}`;
      return { ...base, observed: rounded(seen.atLeast.value), held: false, why };
    }
    return { ...base, held: false, why: seen.why ?? "nothing was measured" };
  }
  // A sum that is the limit but for its last digits is the limit.
  const observed = rounded(seen.value);
  const limit = limitOf(threshold, evidence);
  if (typeof limit === "string") return { ...base, observed, held: false, why: limit };
  const held = holds(operator, observed, limit);
  if (!held) return { ...base, observed, held };
  if (seen.upTo !== undefined && !holds(operator, seen.upTo, limit)) {
    return {
      ...base,
      observed,
      held: false,
      why: "at least so much: attempts that were still waiting when they ended reach into it",
    };
  }
  return { ...base, observed, held };
}

/** The limit in base units, or why there is none. */
function limitOf({ limit, subject, filters }: Threshold, evidence: Evidence): number | string {
  if (limit.kind === "value") return limit.value;
  if (evidence.baseline === undefined) return "the plan has no stage of kind baseline or rest to compare with";
  const base = observe(subject, { ...filters, stage: evidence.baseline }, evidence);
  return base.value === undefined ? `no baseline: ${base.why ?? "nothing was measured"}` : base.value * limit.factor;
}

function observe(subject: ThresholdSubject, scope: Scope, { measurements, time }: Evidence): Observed {
  const measured = measurements.of(scope);
  switch (subject.kind) {
    case "metric":
      return ofDistribution(measured.metrics[subject.metric], subject.aggregate);
    case "errors.rate":
      return share(measured.errors, measured);
    case "outcomes": {
      const count = measured.outcomes[subject.outcome] ?? 0;
      return subject.aggregate === "rate" ? share(count, measured) : counted(count, measured);
    }
    case "rates": {
      if (subject.rate === "asked")
        return known(time.asked(scope), measured, "the rate that was asked for is not known here");
      const duration = time.duration(scope);
      return duration > 0
        ? counted(ratesOf(measured, duration)[subject.rate], measured)
        : { samples: 0, why: "the stage never ran" };
    }
    case "tokens":
      return known(measured.tokens[subject.tokens], measured, "no attempt has such a token count");
    case "cost":
      return known(
        costOf(measured)?.[subject.aggregate],
        measured,
        "nothing to divide: no cost is known, or no such answer came",
      );
  }
}

const NONE = "no attempt was recorded";

function share(count: number, { attempts }: Measured): Observed {
  return attempts > 0 ? { value: count / attempts, samples: attempts } : { samples: 0, why: NONE };
}

function counted(value: number, { attempts }: Measured): Observed {
  return attempts > 0 ? { value, samples: attempts } : { samples: 0, why: NONE };
}

function known(value: number | undefined, { attempts }: Measured, why: string): Observed {
  return value === undefined ? { samples: attempts, why } : { value, samples: attempts };
}

type Aggregate = Extract<ThresholdSubject, { kind: "metric" }>["aggregate"];

function ofDistribution(distribution: Distribution | undefined, aggregate: Aggregate): Observed {
  if (!distribution) return { samples: 0, why: "no attempt has such a value" };
  const { n, waiting } = distribution;
  if (typeof aggregate === "string") {
    const top = waiting && (aggregate === "min" ? waiting.upperMin : Number.POSITIVE_INFINITY);
    return { value: distribution[aggregate], samples: n, ...(top === undefined ? {} : { upTo: top }) };
  }
  const p = shareOf(aggregate.percentile);
  if (!carries(n, p)) {
    const why = `${n} ${n === 1 ? "sample" : "samples"} cannot carry p${aggregate.percentile}; it needs ${fewestFor(p)}`;
    const lower = Object.entries(PERCENTILES)
      .filter(([, share]) => share < p && carries(n, share))
      .at(-1);
    const value = lower && distribution.quantiles.get(lower[1]);
    return { samples: n, why, ...(lower && value !== undefined ? { atLeast: { value, name: lower[0] } } : {}) };
  }
  const value = distribution.quantiles.get(p);
  if (value === undefined) return { samples: n, why: "nothing was measured" };
  const top = waiting?.upper.get(p);
  return { value, samples: n, ...(top === undefined ? {} : { upTo: top }) };
}

/** A percentile in percent as a share, without the binary error of the division: 99.9 is 0.999. */
export function shareOf(percentile: number): number {
  return Number((percentile / 100).toFixed(12));
}

/** The fewest samples that carry a percentile. */
export function fewestFor(p: number): number {
  let low = 1;
  let high = 2;
  while (!carries(high, p)) high *= 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (carries(middle, p)) high = middle;
    else low = middle + 1;
  }
  return low;
}
