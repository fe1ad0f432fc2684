import { OUTCOMES } from "../../base/index.ts";
import {
  ANSWERED,
  answerLimits,
  figureSql,
  figures,
  goodSql,
  type RunReader,
  type SampleMetric,
  sqlList,
  streams,
} from "../../record/index.ts";

/** A figure that two runs are compared by. */
export interface ComparedEntry {
  readonly metric: string;
  readonly unit: string;
  /** `either`: nobody asked for the change, whichever way it goes. */
  readonly worseIs: "more" | "less" | "either";
  /** `quantile`: of values; `ratio`: a sum over a sum, compared as a ratio; `share`: the same, compared as a difference. */
  readonly kind: "quantile" | "ratio" | "share";
  readonly p?: number;
  /** Rows of time `t` (ms), value `v` and count `n` (quantile), or what each adds to the sums `hit` and `n`; undefined where the run has no such figure. */
  readonly rows: (run: RunReader, stage: string) => string | undefined;
  /** Whether the plans have to agree in their limits, or in their prices, for the figure to mean the same. */
  readonly needs?: "slo" | "prices";
}

function latency(name: SampleMetric, p: number, label: string): ComparedEntry {
  return {
    metric: `${name}.${label}`,
    unit: "ms",
    worseIs: "more",
    kind: "quantile",
    p,
    rows: (run, stage) => {
      const figure = figures(streams(run.manifest.target.protocol)).find((candidate) => candidate.name === name);
      if (figure === undefined) return undefined;
      return `SELECT t, v, 1 AS n FROM (SELECT scheduledAt AS t, ${figureSql(figure).value} AS v FROM samples WHERE stage = ${sqlList([stage])}) WHERE v IS NOT NULL`;
    },
  };
}

const ERRORS = OUTCOMES.filter(({ error }) => error).map(({ name }) => name);
const summed = (hit: string, n: string, stage: string): string =>
  `SELECT scheduledAt AS t, ${hit} AS hit, ${n} AS n FROM samples WHERE stage = ${sqlList([stage])}`;
const answered = `CASE WHEN outcome IN (${sqlList(ANSWERED)}) THEN 1 ELSE 0 END`;

export const COMPARED: readonly ComparedEntry[] = [
  latency("ttft", 0.5, "p50"),
  latency("ttft", 0.95, "p95"),
  latency("response", 0.5, "p50"),
  latency("response", 0.95, "p95"),
  latency("tpot", 0.5, "p50"),
  {
    metric: "itl.p99",
    unit: "ms",
    worseIs: "more",
    kind: "quantile",
    p: 0.99,
    rows: (_, stage) =>
      `SELECT second * 1000 AS t, (bucketLow + bucketHigh) / 2 AS v, count AS n FROM gaps WHERE stage = ${sqlList([stage])}`,
  },
  {
    metric: "errors.rate",
    unit: "ratio",
    worseIs: "more",
    kind: "share",
    rows: (_, stage) => summed(`CASE WHEN outcome IN (${sqlList(ERRORS)}) THEN 1 ELSE 0 END`, "1", stage),
  },
  {
    metric: "good answers",
    unit: "ratio",
    worseIs: "less",
    kind: "share",
    needs: "slo",
    rows: (run, stage) => {
      const all = figures(streams(run.manifest.target.protocol));
      return summed(`CASE WHEN ${goodSql(answerLimits(run.manifest.slo), all)} THEN 1 ELSE 0 END`, "1", stage);
    },
  },
  {
    // The middle answer tells of a change of all answers sooner than their mean, which hangs on the few longest.
    metric: "output tokens.p50",
    unit: "tokens",
    worseIs: "either",
    kind: "quantile",
    p: 0.5,
    rows: (_, stage) =>
      `SELECT scheduledAt AS t, outputTokens AS v, 1 AS n FROM samples WHERE stage = ${sqlList([stage])} AND outcome IN (${sqlList(ANSWERED)}) AND outputTokens > 0`,
  },
  {
    // Longer answers cost more; shorter ones are faster and cheaper because users get less.
    metric: "output tokens an answer",
    unit: "tokens",
    worseIs: "either",
    kind: "ratio",
    rows: (_, stage) =>
      summed(
        `CASE WHEN outputTokens IS NOT NULL THEN ${answered} * outputTokens ELSE 0 END`,
        `CASE WHEN outputTokens IS NOT NULL THEN ${answered} ELSE 0 END`,
        stage,
      ),
  },
  {
    metric: "cost.perAnswer",
    unit: "dollars",
    worseIs: "more",
    kind: "ratio",
    needs: "prices",
    rows: (run, stage) =>
      run.manifest.prices === undefined
        ? undefined
        : summed("coalesce(cost, 0)", `CASE WHEN cost IS NOT NULL THEN ${answered} ELSE 0 END`, stage),
  },
];
