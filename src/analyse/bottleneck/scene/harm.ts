import type { Column, Facts } from "../../facts/types.ts";
import { saturationOf } from "../../line/saturation.ts";
import { joinedBins, meanOver, quantileOver, type Window } from "./columns.ts";
import { lateBlocks } from "./trouble.ts";
import type { Block, Windows } from "./windows.ts";

/** Points of lost answers above the baseline's. */
const LOST = 0.02;
/** Of the blocks in trouble, the worst that are looked at: a short failure drowns in its long forerunner otherwise. */
const WORST = 0.5;
/** Share of blocks that are late in a run that is called slower: single ones are chance. */
const SOME = 0.03;

/** What the run suffered, by the client's own figures. */
export interface Harm {
  /** Expressions of thresholds that were measured and did not hold. */
  readonly broken: readonly string[];
  /** All of them are about the time before the first token: what comes after it is not what hurts. */
  readonly beforeFirstToken: boolean;
  /** All of them are about the pace of what comes after the first token. */
  readonly onPace: boolean;
  /** One of them does not hold at low load either: what is to be explained is the whole time, not what it gained. */
  readonly fromStart: boolean;
  /** None of them is about the time of a whole answer. */
  readonly notWholeAnswers: boolean;
  readonly errorsRose: boolean;
  readonly saturated: boolean;
  readonly slower: boolean;
  /** Severity may be high. */
  readonly broke: boolean;
  /** Where it is worst; the highest loads where nothing is wrong. */
  readonly strained: Window;
  /** First bin of the trouble. */
  readonly since: number | undefined;
}

export function harmOf(facts: Facts, windows: Windows): Harm {
  const broken = facts.summary.thresholds
    .filter(({ held, observed, samples }) => !held && observed !== undefined && samples > 0)
    .map(({ expression }) => expression);
  const { base, blocks, low, top } = windows;
  const lostBase = baseShare(blocks, base, (block) => block.lost);
  const errorBase = baseShare(blocks, base, (block) => block.errors);
  const late = new Map(lateBlocks(facts, blocks, low).map(({ block, times }) => [block, times]));
  const losing = blocks.filter((block) => {
    const noise = 3 * Math.sqrt(Math.max(lostBase, LOST) / Math.max(1, block.attempts));
    return block.lost > lostBase + LOST + noise;
  });
  const slower = late.size > Math.max(1, blocks.length * SOME);
  const lost = losing.length > Math.max(1, blocks.length * SOME);
  const errorsRose = losing.some((block) => block.errors > errorBase + LOST) && lost;
  // A threshold is broken by what is rare, too: then the few late blocks are what to look at.
  const told = new Set([
    ...(slower || broken.length > 0 ? late.keys() : []),
    ...(lost || broken.length > 0 ? losing : []),
  ]);
  const ranked = [...told].toSorted((a, b) => b.lost - a.lost || (late.get(b) ?? 0) - (late.get(a) ?? 0));
  const worst = ranked.slice(0, Math.max(2, Math.ceil(ranked.length * WORST)));
  const saturated = saturationOf(facts) !== undefined;
  return {
    broken,
    beforeFirstToken: broken.length > 0 && !errorsRose && broken.every((expression) => isOn(facts, expression, EARLY)),
    onPace: broken.length > 0 && !errorsRose && broken.every((expression) => isOn(facts, expression, PACE)),
    fromStart: broken.some((expression) => failsOver(facts, expression, base)),
    notWholeAnswers: broken.length > 0 && !broken.some((expression) => isOn(facts, expression, WHOLE)),
    errorsRose,
    saturated,
    slower: slower || lost,
    broke: broken.length > 0 || errorsRose || saturated,
    strained: worst.length > 0 ? joinedBins(worst) : top,
    since: joinedBins([...told])[0],
  };
}

/** Metrics of which an answer's length and pace are no part. */
const EARLY = new Set(["ttft", "ttfb", "ttfo", "connect"]);

const PACE = new Set(["tpot", "itl"]);

const WHOLE = new Set(["response", "service"]);

function isOn({ manifest }: Facts, expression: string, metrics: ReadonlySet<string>): boolean {
  const subject = manifest.slo.find((threshold) => threshold.expression === expression)?.subject;
  return subject?.kind === "metric" && metrics.has(subject.metric);
}

/** Whether the threshold's own figure is beyond its limit over a window, by the columns that come nearest to it. */
function failsOver({ manifest, client }: Facts, expression: string, window: Window): boolean {
  const threshold = manifest.slo.find((one) => one.expression === expression);
  if (threshold?.subject.kind !== "metric" || threshold.limit.kind !== "value" || !threshold.operator.startsWith("<"))
    return false;
  const { metric, aggregate } = threshold.subject;
  const isTail = typeof aggregate !== "string" && aggregate.percentile >= 80;
  const columns = {
    ttft: isTail ? client.ttftP95 : client.ttftMean,
    response: isTail ? client.responseP95 : client.responseP50,
    tpot: isTail ? client.tpotP95 : client.tpotP50,
  };
  const column = new Map(Object.entries(columns)).get(metric);
  const value = isTail
    ? tailOver(column, client.attempts, window, aggregate.percentile / 100)
    : meanOver(column, window, client.attempts);
  return value > threshold.limit.value;
}

/** Attempts of a bin from which on its own 95th percentile is one. */
const MANY = 20;

/**
 * A high percentile over a window. The 95th percentile of a bin of k attempts, k below twenty, is the greatest of them, and so lies below x with probability
 * F(x)^k: the p-quantile of all attempts is the p^k-quantile of those greatest ones (David and Nagaraja, "Order Statistics", 2003, section 2.1).
 */
function tailOver(tails: Column | undefined, attempts: Column, window: Window, p: number): number {
  const each = meanOver(
    attempts,
    window.filter((bin) => Number.isFinite(tails?.[bin])),
  );
  return each < MANY ? quantileOver(tails, window, p ** Math.max(1, each)) : meanOver(tails, window, attempts);
}

function baseShare(blocks: readonly Block[], base: Window, share: (block: Block) => number): number {
  const inside = new Set(base);
  const chosen = blocks.filter((block) => block.bins.some((bin) => inside.has(bin)));
  const attempts = chosen.reduce((sum, block) => sum + block.attempts, 0);
  return attempts === 0 ? 0 : chosen.reduce((sum, block) => sum + share(block) * block.attempts, 0) / attempts;
}
