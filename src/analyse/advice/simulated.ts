import { formatMs, formatNumber } from "../../base/index.ts";
import type { Summary } from "../summary-schema.ts";
import type { Advice, Finding, Lack, Verdict } from "../verdict/schema.ts";
import { filled } from "./advice.ts";
import { REMEDIES } from "./remedies.ts";
import type { StackChange } from "./types.ts";

/** Plays the run's plan against its stack with a change; undefined where the change fits nothing in that stack. */
export type Trial = (change: StackChange, component: string) => Promise<Summary | undefined>;

/** A twin that holds what the target broke would gain nothing from any advice. */
const UNLIKE: Lack = {
  rule: "advice",
  needs: "a twin that breaks the thresholds that the run broke",
  hint: "Fit the stack's engine to the target (plimsoll twin fit), or describe in the stack what is in the target's way, and report again.",
};

const PREFIX = "bottleneck.";

/**
 * The verdict with the gain of each advice of the first-named bottleneck as a twin shows it, the greatest first. `now` is the twin's own figure as the stack
 * stands, so that what twin and target differ in is in neither side of the comparison.
 */
export async function withSimulatedGains(verdict: Verdict, now: Summary, trial: Trial): Promise<Verdict> {
  const first = verdict.findings.find(({ id }) => id === verdict.bottleneck?.first);
  if (first === undefined) return verdict;
  if (first.severity === "high" && now.thresholds.length > 0 && now.thresholds.every(({ held }) => held)) {
    return { ...verdict, lacks: [...verdict.lacks, UNLIKE] };
  }
  const trials: Tried[] = [];
  for (const one of first.advice) trials.push(await tried(one, first, now, trial));
  const ranked = trials
    .toSorted((a, b) => a.harms - b.harms || gained(b.advice) - gained(a.advice))
    .map(({ advice }) => advice);
  return { ...verdict, findings: verdict.findings.map((one) => (one === first ? { ...one, advice: ranked } : one)) };
}

const gained = ({ gain }: Advice): number =>
  gain === undefined || gain.by !== "simulated" || gain.before <= 0 ? 0 : (gain.before - gain.after) / gain.before;

interface Tried {
  readonly advice: Advice;
  /** Limits that it leaves broken and worse than they were. */
  readonly harms: number;
}

async function tried(advice: Advice, { kind, component }: Finding, now: Summary, trial: Trial): Promise<Tried> {
  const remedy = (REMEDIES[kind.slice(PREFIX.length)] ?? []).find((one) => filled(one.do, component) === advice.do);
  const summary = remedy?.change === undefined ? undefined : await trial(remedy.change, component);
  if (summary === undefined) return { advice, harms: 0 };
  const measured = MEASURES.find((one) => one.of(now) !== undefined && one.isIll(now));
  const [before, after] = [measured?.of(now), measured?.of(summary)];
  if (measured === undefined || before === undefined || after === undefined) return { advice, harms: 0 };
  const worse = worsened(now, summary);
  const why = filled(remedy?.why ?? advice.why, component);
  return {
    advice: {
      ...advice,
      why: worse.length === 0 ? why : `${why} In the simulation it does harm elsewhere: ${worse.join("; ")}.`,
      gain: { measure: measured.name, before, after, by: "simulated" },
    },
    harms: worse.length,
  };
}

/** Times by which a broken limit's figure has to be worse before it is called so; less is chance. */
const WORSE = 1.05;

function worsened(now: Summary, then: Summary): string[] {
  return then.thresholds.flatMap(({ expression, held, observed, unit }) => {
    const before = now.thresholds.find((one) => one.expression === expression)?.observed;
    if (held || before === undefined || observed === undefined) return [];
    const isWorse = />/.test(expression) ? observed * WORSE < before : observed > before * WORSE;
    return isWorse ? [`${expression} goes from ${told(before, unit)} to ${told(observed, unit)}`] : [];
  });
}

const told = (value: number, unit: string): string => (unit === "ms" ? formatMs(value) : formatNumber(value));

interface Measured {
  readonly name: string;
  of(summary: Summary): number | undefined;
  /** Whether this is what went wrong. */
  isIll(summary: Summary): boolean;
}

const errorShare = ({ total }: Summary): number => {
  const { attempts, outcomes } = total;
  const answered = (outcomes.complete ?? 0) + (outcomes.capped ?? 0);
  return attempts === 0 ? 0 : 1 - answered / attempts;
};

/** What a gain is told in: lost answers where there are some, else the metric of the first broken threshold, else the first token. */
const MEASURES: readonly Measured[] = [
  { name: "attempts without an answer, share", of: errorShare, isIll: (summary) => errorShare(summary) > 0.02 },
  ...(["tpot", "itl", "stall", "response"] as const).map(
    (metric): Measured => ({
      name: `${metric}.p95, ms`,
      of: ({ total }) => total.metrics[metric]?.p95,
      isIll: ({ thresholds }) => {
        const broken = thresholds.filter(({ held }) => !held);
        return broken.length > 0 && broken.every(({ expression }) => expression.startsWith(metric));
      },
    }),
  ),
  { name: "ttft.p95, ms", of: ({ total }) => total.metrics.ttft?.p95, isIll: () => true },
  { name: "response.p95, ms", of: ({ total }) => total.metrics.response?.p95, isIll: () => true },
];
