import type { MetricName } from "../base/index.ts";
import { answerLimits, figures, goodSql, type RunReader, streams } from "../record/index.ts";
import { NOTHING, readCounts } from "./counts.ts";
import { readFigures, withStandard } from "./distributions.ts";
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

/** Metrics whose values are in memory at once: more would save passes over the rows, and cost 8 bytes an attempt each. */
const AT_ONCE = 3;

/** Reads every figure of a run, a few metrics in each pass over the rows. */
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
  for (let i = 0; i < all.length; i += AT_ONCE) {
    for (const [metric, scopes] of await readFigures(run, all.slice(i, i + AT_ONCE), grouping, judged)) {
      for (const [key, distribution] of scopes) put(key, metric, distribution);
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
