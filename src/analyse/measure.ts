import type { MetricName } from "../base/index.ts";
import { answerLimits, figures, goodSql, type RunReader, streams } from "../record/index.ts";
import { NOTHING, readCounts } from "./counts.ts";
import { readFigure, withStandard } from "./distributions.ts";
import { gapMetrics } from "./gaps.ts";
import { groupingOf } from "./grouping.ts";
import { type Distribution, keyOf, type Measured, type Scope } from "./scope.ts";

/** Everything measured, by scope. */
export interface Measurements {
  /** What was measured over a scope; zeros and nothing where no attempt fell into it. */
  of(scope: Scope): Measured;
  /** ms from the run's start to the end of the last attempt; 0 without attempts. */
  readonly lastEnd: number;
}

export interface MeasureOptions {
  /** Percentiles (0 to 1) that thresholds ask for, by metric. */
  readonly percentiles: ReadonlyMap<MetricName, readonly number[]>;
}

/** Reads every figure of a run, one pass over the rows a metric, so that only one metric's values are in memory at once. */
export async function measure(run: RunReader, options: MeasureOptions): Promise<Measurements> {
  const grouping = groupingOf(run.manifest);
  const simulated = run.manifest.run.simulated !== undefined;
  // A simulated session starts when it is due, by construction: there is no lag to measure.
  const all = figures(streams(run.manifest.target.protocol)).filter(({ name }) => !(simulated && name === "startLag"));
  const judged = (metric: MetricName): readonly number[] => [...new Set(options.percentiles.get(metric))];
  const counts = await readCounts(run, grouping, goodSql(answerLimits(run.manifest.slo), all));
  const metrics = new Map<string, Partial<Record<MetricName, Distribution>>>();
  const put = (key: string, metric: MetricName, distribution: Distribution): void => {
    const group = metrics.get(key) ?? {};
    group[metric] = distribution;
    metrics.set(key, group);
  };
  for (const figure of all) {
    for (const [key, distribution] of await readFigure(run, figure, grouping, judged(figure.name))) {
      put(key, figure.name, distribution);
    }
  }
  for (const [key, distribution] of await gapMetrics(run, withStandard(judged("itl")))) put(key, "itl", distribution);
  return {
    lastEnd: counts.lastEnd,
    of: (scope) => {
      const key = keyOf(scope.stage, scope.persona);
      return { ...(counts.scopes.get(key) ?? NOTHING), metrics: metrics.get(key) ?? {} };
    },
  };
}
