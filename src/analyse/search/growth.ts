import { mannKendall, mean } from "../../stats/index.ts";

export interface Look {
  /** ms */
  readonly at: number;
  readonly inFlight: number;
}

const BLOCKS = 20;
const SURE = 0.01;
/** Share of what arrives that piles up, from which a queue grows without end, and not by chance or slowly into its balance. */
const PILES_UP = 0.05;
/** Requests in flight by which they have grown at least, and how many of their own standard deviations (of a queue without end, the root of its mean). */
const LEAST_RISE = 10;
const BEYOND_CHANCE = 4;

/**
 * Share of the arrivals that stay behind while requests in flight grow; 0 where they do not grow beyond doubt (Mann-Kendall with the correction of Hamed
 * and Rao over block means). In an open test such a queue has no balance: its latencies tell how long the test ran.
 */
export function pileUp(looks: readonly Look[], arrivals: number): number {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || looks.length < BLOCKS || !(arrivals > 0)) return 0;
  const size = Math.floor(looks.length / BLOCKS);
  const blocks = Array.from({ length: BLOCKS }, (_, i) => looks.slice(i * size, (i + 1) * size));
  const means = blocks.map((block) => mean(block.map(({ inFlight }) => inFlight)));
  const rise = slopeOf(means);
  const { s, p } = mannKendall(means, { slope: rise });
  const share = (rise * BLOCKS) / arrivals;
  const chance = BEYOND_CHANCE * Math.sqrt(mean(means));
  return s > 0 && p < SURE && share > PILES_UP && rise * BLOCKS > Math.max(LEAST_RISE, chance) ? share : 0;
}

/** Median of the slopes between all pairs, a step (Theil 1950, Sen 1968). */
function slopeOf(values: readonly number[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < values.length; i++)
    for (let j = i + 1; j < values.length; j++) slopes.push(((values[j] ?? 0) - (values[i] ?? 0)) / (j - i));
  slopes.sort((a, b) => a - b);
  return slopes[slopes.length >> 1] ?? 0;
}
