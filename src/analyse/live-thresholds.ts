import { OUTCOMES } from "../base/index.ts";
import type { Plan, Threshold, ThresholdSubject } from "../plan/index.ts";
import type { Tally, TallyCell } from "../record/index.ts";
import { carries } from "../stats/index.ts";
import { holds, shareOf } from "./judge.ts";
import { type LiveSums, LiveWindow } from "./live-window.ts";

/** What the live thresholds need of a plan. */
export interface WatchedPlan {
  readonly slo: readonly Threshold[];
  readonly stages: readonly Pick<Plan["stages"][number], "name" | "kind" | "from" | "duration">[];
  readonly workload: { readonly personas: readonly { readonly name: string }[] };
}

interface Watched {
  readonly threshold: Threshold;
  readonly window: LiveWindow;
  /** The same figure in the baseline stage, over all of it. */
  readonly baseline: LiveWindow | undefined;
}

/**
 * The thresholds of a plan, judged while the run goes on from the recorder's tallies: by histogram, so a percentile is within 0.4 %.
 * What has too few samples so far does not fail yet.
 */
export class LiveThresholds {
  readonly #plan: WatchedPlan;
  readonly #watched: readonly Watched[];

  constructor(plan: WatchedPlan) {
    this.#plan = plan;
    const baseline = baselineStage(plan.stages);
    this.#watched = plan.slo.map((threshold): Watched => {
      const { subject, filters, limit } = threshold;
      const metric = subject.kind === "metric" ? subject.metric : undefined;
      return {
        threshold,
        window: new LiveWindow(metric, this.#scope(filters), threshold.window),
        baseline:
          limit.kind === "baseline" && baseline !== undefined
            ? new LiveWindow(metric, this.#scope({ ...filters, stage: baseline }), undefined)
            : undefined,
      };
    });
  }

  /** Takes the deltas of one tally, told at a time (ms of the run). */
  add(tally: Tally, at: number): void {
    for (const { window, baseline } of this.#watched) {
      window.add(tally, at);
      baseline?.add(tally, at);
    }
  }

  /** Thresholds that do not hold by what is known at a time (ms of the run), those left out whose `abortAfter` has not come. */
  failing(at: number): readonly Threshold[] {
    return this.#watched.flatMap((watched) => (this.#fails(watched, at) ? [watched.threshold] : []));
  }

  #fails({ threshold, window, baseline }: Watched, at: number): boolean {
    const { subject, filters, operator, limit } = threshold;
    if (at < threshold.abortAfter) return false;
    const seconds = this.#seconds(filters.stage, at, threshold.window);
    const observed = figureOf(subject, window.sums(at), seconds);
    if (observed === undefined) return false;
    if (limit.kind === "value") return !holds(operator, observed, limit.value);
    const base =
      baseline && figureOf(subject, baseline.sums(at), this.#seconds(baselineStage(this.#plan.stages), at, undefined));
    return base !== undefined && !holds(operator, observed, base * limit.factor);
  }

  #scope({ stage, persona }: Threshold["filters"]): (cell: TallyCell) => boolean {
    const { stages, workload } = this.#plan;
    return (cell) =>
      (stage === undefined || stages[cell.stage]?.name === stage) &&
      (persona === undefined || workload.personas[cell.persona]?.name === persona);
  }

  /** Seconds of the scope's stages that lie in the window and in the past. */
  #seconds(stage: string | undefined, at: number, window: number | undefined): number {
    const since = window === undefined ? 0 : at - window;
    let ms = 0;
    for (const { name, from, duration } of this.#plan.stages) {
      if (stage !== undefined && name !== stage) continue;
      ms += Math.max(0, Math.min(at, from + duration) - Math.max(since, from));
    }
    return ms / 1000;
  }
}

/** The stage that `baseline` means: the first of kind baseline, else the first of kind rest. */
export function baselineStage(stages: readonly { readonly name: string; readonly kind: string }[]): string | undefined {
  const first = (kind: string): string | undefined => stages.find((stage) => stage.kind === kind)?.name;
  return first("baseline") ?? first("rest");
}

/** A figure in base units, or undefined while the sums do not carry it. */
function figureOf(subject: ThresholdSubject, sums: LiveSums, seconds: number): number | undefined {
  const { attempts, answered, good, cost } = sums;
  switch (subject.kind) {
    case "metric": {
      const { aggregate } = subject;
      const { histogram } = sums;
      if (histogram.n === 0) return undefined;
      if (typeof aggregate === "string") return histogram[aggregate];
      const p = shareOf(aggregate.percentile);
      return carries(histogram.n, p) ? histogram.quantile(p) : undefined;
    }
    case "errors.rate":
      return attempts > 0 ? sums.errors / attempts : undefined;
    case "outcomes": {
      const count = sums.outcomes[OUTCOMES.findIndex((outcome) => outcome.name === subject.outcome)] ?? 0;
      if (attempts === 0) return undefined;
      return subject.aggregate === "rate" ? count / attempts : count;
    }
    case "rates": {
      const counts = { asked: undefined, started: sums.sessions, completed: answered, goodput: good };
      const count = counts[subject.rate];
      return count === undefined || seconds < 1 ? undefined : count / seconds;
    }
    case "tokens":
      return attempts > 0 ? sums.tokens[subject.tokens] : undefined;
    case "cost": {
      if (subject.aggregate === "total") return attempts > 0 ? cost : undefined;
      const answers = subject.aggregate === "perAnswer" ? answered : good;
      return answers > 0 ? cost / answers : undefined;
    }
  }
}
