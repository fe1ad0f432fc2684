import type { Facts } from "../../facts/types.ts";
import type { LoadLine } from "../../verdict/schema.ts";
import { joinedBins, meanOver, quantileOver, type Window } from "./columns.ts";
import type { Block, Windows } from "./windows.ts";

/** Times the baseline's response time from which on a block is in trouble, and what it is at least above it, ms. */
const SLOWER = 1.5;
const SLOWER_MS = 100;
/** Points of lost answers above the baseline's. */
const LOST = 0.02;
/** Of the blocks in trouble, the worst that are looked at: a short failure drowns in its long forerunner otherwise. */
const WORST = 0.5;
/** In-flight requests of a steady stage's last third over its first, and how many more they are at least. */
const PILED = 2;
const PILED_BY = 5;

/** What the run suffered, by the client's own figures. */
export interface Harm {
  /** Expressions of thresholds that were measured and did not hold. */
  readonly broken: readonly string[];
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

export function harmOf(facts: Facts, line: LoadLine | undefined, windows: Windows): Harm {
  const broken = facts.summary.thresholds
    .filter(({ held, observed, samples }) => !held && observed !== undefined && samples > 0)
    .map(({ expression }) => expression);
  const { base, blocks, top } = windows;
  const response = meanOver(facts.client.responseP50, base, facts.client.attempts);
  const p95 = quantileOver(facts.client.responseP50, base, 0.95);
  const lostBase = baseShare(blocks, base, (block) => block.lost);
  const errorBase = baseShare(blocks, base, (block) => block.errors);
  const isSlow = (block: Block): boolean =>
    block.response > Math.max(response * SLOWER, p95) && block.response > response + SLOWER_MS;
  const isLosing = (block: Block): boolean => {
    const noise = 2 * Math.sqrt(Math.max(lostBase, LOST) / Math.max(1, block.attempts));
    return block.lost > lostBase + LOST + noise;
  };
  const troubled = blocks.filter((block) => isSlow(block) || isLosing(block));
  const worst = troubled
    .toSorted((a, b) => b.lost - a.lost || worth(b) - worth(a))
    .slice(0, Math.max(1, Math.ceil(troubled.length * WORST)));
  const errorsRose = errorsIn(troubled) > errorBase + LOST && troubled.some((block) => block.errors > errorBase + LOST);
  const saturated = line?.saturated !== undefined || pilesUp(facts);
  // One block in twenty is slow by chance; a lone one is no trouble.
  const slower = troubled.filter(isSlow).length > Math.max(1, blocks.length * 0.05);
  const isTroubled = troubled.length > 0 && (slower || errorsRose || troubled.length > blocks.length * 0.05);
  return {
    broken,
    errorsRose: errorsRose && isTroubled,
    saturated,
    slower,
    broke: broken.length > 0 || (errorsRose && isTroubled) || saturated,
    strained: isTroubled ? joinedBins(worst) : top,
    since: isTroubled ? joinedBins(troubled)[0] : undefined,
  };
}

const worth = (block: Block): number => (Number.isFinite(block.response) ? block.response : Number.MAX_VALUE);

function errorsIn(blocks: readonly Block[]): number {
  const attempts = blocks.reduce((sum, block) => sum + block.attempts, 0);
  return attempts === 0 ? 0 : blocks.reduce((sum, block) => sum + block.errors * block.attempts, 0) / attempts;
}

function baseShare(blocks: readonly Block[], base: Window, share: (block: Block) => number): number {
  const inside = new Set(base);
  const chosen = blocks.filter((block) => block.bins.some((bin) => inside.has(bin)));
  const attempts = chosen.reduce((sum, block) => sum + block.attempts, 0);
  return attempts === 0 ? 0 : chosen.reduce((sum, block) => sum + share(block) * block.attempts, 0) / attempts;
}

/** Requests in flight that grow through a stage of one load: arrivals exceed what is served. */
function pilesUp({ stages, load }: Facts): boolean {
  return stages.some(({ isSteady, unit, from, to }) => {
    if (!isSteady || unit !== "sessions/s" || to - from < 12) return false;
    const third = Math.floor((to - from) / 3);
    const part = (n: number): Window => Array.from({ length: third }, (_, i) => from + n * third + i);
    const [first, middle, last] = [0, 1, 2].map((n) => meanOver(load.inFlight, part(n)));
    if (first === undefined || middle === undefined || last === undefined) return false;
    return middle > first && last > middle && last > first * PILED && last > first + PILED_BY;
  });
}
