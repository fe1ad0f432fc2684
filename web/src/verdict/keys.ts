import type { PageData } from "../../../src/report/page/types.ts";
import { figure, formatCount, formatNumber, formatShare, loadText, loadUnit } from "../lib/format.ts";
import { measuredText } from "../lib/measured.ts";
import { limitName, limitOf, metricTitle } from "../lib/names.ts";
import { triedBelow } from "./known-load.ts";
import { lowestAbove } from "./mark-layout.ts";

export interface KeyFigure {
  readonly value: string;
  readonly words: string;
}

type Threshold = PageData["summary"]["thresholds"][number];

/** The three figures that a decision needs first: the load, the limit that decides, the money or the failures. */
export function keyFigures(data: PageData): readonly KeyFigure[] {
  return [loadFigure(data), limitFigure(data), moneyFigure(data)].filter((key) => key !== undefined);
}

function loadFigure(data: PageData): KeyFigure | undefined {
  const { line } = data.verdict;
  if (line?.safe !== undefined) {
    const { value, low, high } = line.safe;
    const below = triedBelow(line, data);
    return {
      value: `${below === undefined ? "" : "≤ "}${loadText(value, line.unit)}`,
      words: `safe load, ${loadUnit(line.unit)}; 95 % sure between ${formatNumber(low)} and ${formatNumber(high)}${below === undefined ? "" : `; other limits were tried up to ${formatNumber(below)} only`}`,
    };
  }
  const unbroken = line === undefined ? undefined : lowestAbove(data, line);
  if (line !== undefined && unbroken !== undefined)
    return {
      value: `≥ ${loadText(unbroken, line.unit)}`,
      words: `safe load, ${loadUnit(line.unit)}; no limit broke at the loads that were tried`,
    };
  const { attempts, rates } = data.summary.total;
  if (attempts === 0) return { value: "0", words: "requests were made" };
  return {
    value: figure(rates.goodput, "/s"),
    words: `good answers, of ${figure(rates.completed, "/s")} answers (n = ${formatCount(attempts)})`,
  };
}

/** Loads that are called the same as the expected peak. */
const NEAR = 0.15;

function limitFigure(data: PageData): KeyFigure | undefined {
  const { total } = data.summary;
  if (total.attempts === 0) return undefined;
  const deciding = decidingLimit(data);
  if (deciding === undefined) {
    const name = total.metrics.ttft === undefined ? "response" : "ttft";
    const metric = total.metrics[name];
    if (metric?.p50 === undefined) return undefined;
    return { value: figure(metric.p50, "ms"), words: `${metricTitle(data, name)}, p50 (n = ${formatCount(metric.n)})` };
  }
  const { expression, unit, samples } = deciding;
  const limit = limitOf(data, expression);
  const name = limitName(data, limit, expression);
  const bound = limit?.limit === undefined ? `the limit is ${expression}` : `the limit is ${figure(limit.limit, unit)}`;
  const there = atPeak(data, expression);
  if (there !== undefined) return { value: there.value, words: `${name}, ${there.words}; ${bound}` };
  return { value: measuredText(data, deciding), words: `${name}, whole run (n = ${formatCount(samples)}); ${bound}` };
}

/** The limit that the load line stops at; else one that was crossed; else the one that came nearest to its bound. */
function decidingLimit(data: PageData): Threshold | undefined {
  const { thresholds } = data.summary;
  const share = ({ expression, observed }: Threshold): number => {
    const limit = limitOf(data, expression);
    return limit?.limit === undefined || observed === undefined || !limit.operator.startsWith("<")
      ? 0
      : observed / limit.limit;
  };
  return (
    thresholds.find(({ expression }) => expression === data.verdict.line?.safe?.limit) ??
    thresholds.find(({ held, observed }) => !held && observed !== undefined) ??
    [...thresholds].sort((a, b) => share(b) - share(a)).find((one) => share(one) > 0 && !isMoney(one))
  );
}

/** Told by the third figure. */
function isMoney({ expression }: Threshold): boolean {
  return expression.startsWith("cost.");
}

/** A percentile where the load was that of the expected peak. */
function atPeak({ atLoad, expected, limits }: PageData, expression: string): KeyFigure | undefined {
  const limit = limits.find((one) => one.expression === expression);
  if (expected === undefined || limit?.metric === undefined || limit.stage !== undefined || limit.persona !== undefined)
    return undefined;
  const peak = atLoad
    .filter(({ load, unit }) => unit === expected.unit && Math.abs(load - expected.value) <= NEAR * expected.value)
    .sort((a, b) => Math.abs(a.load - expected.value) - Math.abs(b.load - expected.value))[0];
  const of = { [`${limit.metric}.p50`]: peak?.p50, [`${limit.metric}.p95`]: peak?.p95 }[limit.subject];
  const found = of?.[limit.metric];
  if (peak === undefined || found === undefined) return undefined;
  return {
    value: figure(found.value, "ms"),
    words: `at ${loadText(peak.load, peak.unit)}, near the expected peak (n = ${formatCount(peak.attempts)})`,
  };
}

/** Dollars below which a thousand answers are easier to read than one. */
const TINY = 0.001;

function moneyFigure({ summary }: PageData): KeyFigure | undefined {
  const { cost, attempts, outcomes } = summary.total;
  const each = cost?.perGoodAnswer;
  if (cost !== undefined && each !== undefined) {
    const many = each < TINY;
    return {
      value: figure(many ? each * 1000 : each, "dollars"),
      words: `per ${many ? "1,000 good answers" : "good answer"}, failures included; ${figure(cost.total, "dollars")} in all`,
    };
  }
  if (attempts === 0) return undefined;
  const whole = (outcomes.complete ?? 0) + (outcomes.capped ?? 0);
  return { value: formatShare(whole / attempts), words: `of ${formatCount(attempts)} requests were answered whole` };
}
