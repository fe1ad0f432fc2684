import type { PageData } from "../../../src/report/page/types.ts";
import { figure, formatCount, formatNumber, formatShare, loadText, loadUnit } from "../lib/format.ts";
import { limitName, limitOf, metricTitle } from "../lib/names.ts";

export interface KeyFigure {
  readonly value: string;
  readonly words: string;
}

/** The three figures that a decision needs first: the load, the limit that decides, the money or the failures. */
export function keyFigures(data: PageData): readonly KeyFigure[] {
  return [loadFigure(data), limitFigure(data), moneyFigure(data)].filter((key) => key !== undefined);
}

function loadFigure({ verdict: { line }, summary }: PageData): KeyFigure | undefined {
  if (line?.safe !== undefined) {
    const { value, low, high } = line.safe;
    return {
      value: loadText(value, line.unit),
      words: `safe load, ${loadUnit(line.unit)}; 95 % sure between ${formatNumber(low)} and ${formatNumber(high)}`,
    };
  }
  const { attempts, rates } = summary.total;
  if (attempts === 0) return { value: "0", words: "requests were made" };
  return {
    value: figure(rates.goodput, "/s"),
    words: `good answers, of ${figure(rates.completed, "/s")} answers (n = ${formatCount(attempts)})`,
  };
}

/** Loads that are called the same as the expected peak. */
const NEAR = 0.15;

function limitFigure(data: PageData): KeyFigure | undefined {
  const { summary, verdict, expected, atLoad } = data;
  const { thresholds } = summary;
  const deciding =
    thresholds.find(({ expression }) => expression === verdict.line?.safe?.limit) ??
    thresholds.find(({ held }) => !held) ??
    thresholds[0];
  if (deciding === undefined) {
    const ttft = summary.total.metrics.ttft ?? summary.total.metrics.response;
    if (ttft?.p50 === undefined) return undefined;
    const name = summary.total.metrics.ttft === undefined ? "response" : "ttft";
    return { value: figure(ttft.p50, "ms"), words: `${metricTitle(data, name)}, p50 (n = ${formatCount(ttft.n)})` };
  }
  const limit = limitOf(data, deciding.expression);
  const name = limitName(data, limit, deciding.expression);
  const bound = limit?.limit === undefined ? deciding.expression : `the limit is ${figure(limit.limit, deciding.unit)}`;
  const peak = atLoad.find(
    ({ load, unit }) => unit === expected?.unit && Math.abs(load - expected.value) <= NEAR * expected.value,
  );
  const percentile =
    limit?.metric === undefined || limit.stage !== undefined || limit.persona !== undefined
      ? undefined
      : limit.subject.slice(limit.metric.length + 1);
  const there =
    percentile === "p95"
      ? peak?.p95[limit?.metric ?? ""]
      : percentile === "p50"
        ? peak?.p50[limit?.metric ?? ""]
        : undefined;
  if (there !== undefined && peak !== undefined)
    return {
      value: figure(there.value, "ms"),
      words: `${name}, at ${loadText(peak.load, peak.unit)} (n = ${formatCount(peak.attempts)}); ${bound}`,
    };
  return {
    value: figure(deciding.observed, deciding.unit),
    words: `${name}, whole run (n = ${formatCount(deciding.samples)}); ${bound}`,
  };
}

function moneyFigure({ summary }: PageData): KeyFigure | undefined {
  const { cost, attempts, outcomes } = summary.total;
  if (cost?.perGoodAnswer !== undefined)
    return {
      value: figure(cost.perGoodAnswer, "dollars"),
      words: `per good answer, failures included; ${figure(cost.total, "dollars")} in all`,
    };
  if (attempts === 0) return undefined;
  const whole = (outcomes.complete ?? 0) + (outcomes.capped ?? 0);
  return { value: formatShare(whole / attempts), words: `of ${formatCount(attempts)} requests were answered whole` };
}
