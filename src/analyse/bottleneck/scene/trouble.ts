import type { Facts } from "../../facts/types.ts";
import { meanOver } from "./columns.ts";
import type { Block } from "./windows.ts";

/** What tells that answers are late: of a block one number, ms. */
interface Sensor {
  readonly of: (facts: Facts, block: Block) => number;
  /** Times its usual value from which on it is trouble at all, and ms above it. */
  readonly times: number;
  readonly by: number;
  /** Attempts of a block without which it is only noise. */
  readonly attempts: number;
}

const SENSORS: readonly Sensor[] = [
  { of: (_, { response }) => response, times: 1.5, by: 100, attempts: 4 },
  { of: (_, { ttft }) => ttft, times: 2, by: 100, attempts: 4 },
  {
    of: ({ client }, { bins }) => meanOver(client.ttftP95, bins, client.attempts),
    times: 2.5,
    by: 100,
    attempts: 16,
  },
  { of: ({ client }, { bins }) => meanOver(client.tpotP50, bins, client.attempts), times: 1.4, by: 3, attempts: 4 },
];

/** Standard deviations of the logarithm that a block is off its usual value; one in some 30,000 by chance. */
const SIGMAS = 4;
/** Normal quantiles of 5 and 25 %. */
const [Q05, Q25] = [-1.6449, -0.6745];

export interface Troubled {
  readonly block: Block;
  /** Times the usual value, by the sensor that is off most. */
  readonly times: number;
}

/**
 * Blocks in which answers are late, against the low-load blocks' usual value. The usual value and its spread come from their 5 and 25 % quantiles as of
 * a log-normal distribution: a run that is ill for most of its time still has a well quarter.
 */
export function lateBlocks(facts: Facts, blocks: readonly Block[], low: readonly Block[]): readonly Troubled[] {
  const late = new Map<Block, number>();
  for (const sensor of SENSORS) {
    const logs = low
      .filter((block) => block.attempts >= sensor.attempts)
      .map((block) => Math.log(sensor.of(facts, block)))
      .filter(Number.isFinite)
      .toSorted((a, b) => a - b);
    if (logs.length < 4) continue;
    const at = (p: number): number => logs[Math.floor(p * (logs.length - 1))] ?? Number.NaN;
    const sigma = (at(0.25) - at(0.05)) / (Q25 - Q05);
    const usual = at(0.25) - Q25 * sigma;
    const level = Math.max(
      usual + SIGMAS * sigma,
      usual + Math.log(sensor.times),
      Math.log(Math.exp(usual) + sensor.by),
    );
    for (const block of blocks) {
      const value = Math.log(sensor.of(facts, block));
      if (!(value > level) || block.attempts < sensor.attempts) continue;
      late.set(block, Math.max(late.get(block) ?? 0, Math.exp(value - usual)));
    }
  }
  return [...late].map(([block, times]) => ({ block, times }));
}
