import { METRIC_NAMES, type MetricName, type Outcome } from "../base/index.ts";
import type { QueryValue } from "../record/index.ts";

/** What a figure is over: the whole run, a stage, a persona, or a persona within a stage. */
export interface Scope {
  readonly stage?: string;
  readonly persona?: string;
}

/** One metric over one scope, before any is left out. Figures in ms; percentiles by their p, 0 to 1. */
export interface Distribution {
  readonly n: number;
  readonly censored: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly quantiles: ReadonlyMap<number, number>;
  /** Absent without censored attempts. */
  readonly waiting?: Waiting;
}

/** What attempts that were still waiting do to a distribution: their true values are longer, by an unknown time. */
export interface Waiting {
  /** The shortest wait among them: a figure below it is exact, one from it on is only known to be at least so large. */
  readonly from: number;
  /** What the minimum, and the percentiles of the plan's thresholds, are at most: Infinity where only the waiting are left. */
  readonly upperMin: number;
  readonly upper: ReadonlyMap<number, number>;
}

/** Counts over one scope. */
export interface Counts {
  readonly attempts: number;
  readonly sessions: number;
  readonly answered: number;
  readonly errors: number;
  readonly good: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** undefined: no attempt has such a count. */
  readonly tokens: Readonly<Record<"input" | "cached" | "output" | "reasoning", number | undefined>>;
  readonly counted: { readonly server: number; readonly tokenizer: number };
  readonly cost: number | undefined;
  /** Answers, and good ones, whose cost is known. */
  readonly priced: { readonly answered: number; readonly good: number };
  readonly events: number;
  readonly sharedEvents: number;
}

export interface Measured extends Counts {
  readonly metrics: Readonly<Partial<Record<MetricName, Distribution>>>;
}

/** The metrics that a run measured at all, in the order of METRICS. */
export function metricsOf(measured: Measured): readonly (readonly [MetricName, Distribution])[] {
  return METRIC_NAMES.flatMap((name): (readonly [MetricName, Distribution])[] => {
    const distribution = measured.metrics[name];
    return distribution ? [[name, distribution]] : [];
  });
}

export function keyOf(stage: string | undefined, persona: string | undefined): string {
  return JSON.stringify([stage ?? null, persona ?? null]);
}

export function numberOf(value: QueryValue | undefined): number | undefined {
  return typeof value === "number" ? value : typeof value === "string" ? Number(value) : undefined;
}
