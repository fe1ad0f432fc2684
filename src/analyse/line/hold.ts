import type { Random } from "../../base/index.ts";
import { bootstrapWeights, isotonic, percentileInterval } from "../../stats/index.ts";

/** Bins of one limit that count, each with its load; `group` tells stretches of time that are drawn from apart. */
export interface Held {
  readonly loads: readonly number[];
  readonly margins: readonly number[];
  readonly weights: readonly number[];
  readonly groups: readonly number[];
  /** Fewest samples beyond a load that can show it broken. */
  readonly least: number;
}

/** Between which of the loads that were tried a limit gives way: it held at `held` and not at `broken`; 0 and Infinity where there is none. */
export interface Crossing {
  readonly held: number;
  readonly broken: number;
}

export interface Estimate {
  readonly point: Crossing;
  /** 95 %: the lowest load to which it may hold, and the load that it does not reach. */
  readonly low: number;
  readonly high: number;
  readonly tried: { readonly least: number; readonly most: number };
}

const REPLICATES = 400;
/** Loads that differ by less, as a share, are one. */
const SAME = 1e-6;

/**
 * The highest load to which a limit holds. More load makes nothing better, so the margins are made never to fall over the load (isotonic
 * regression), and the limit holds up to where they pass zero. The interval is that of a bootstrap over blocks of time, drawn within each
 * stretch of the run, since neighbours in time share their fate.
 */
export function highestHeld(data: Held, random: Random): Estimate | undefined {
  const levels = levelsOf(data.loads);
  const [first, last] = [levels.loads[0], levels.loads.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const blocks = blocksOf(data.groups);
  const held = new Float64Array(REPLICATES);
  const broken = new Float64Array(REPLICATES);
  const draws = new Float64Array(data.loads.length);
  for (let i = 0; i < REPLICATES; i++) {
    for (const { from, length, block } of blocks) draws.set(bootstrapWeights(length, block, random), from);
    const crossing = crossingOf(data, levels, draws);
    held[i] = crossing.held;
    broken[i] = crossing.broken;
  }
  const point = crossingOf(data, levels, draws.fill(1));
  return {
    point,
    low: Math.min(point.held, percentileInterval(held).low),
    high: Math.max(point.broken, percentileInterval(broken).high),
    tried: { least: first, most: last },
  };
}

interface Levels {
  readonly loads: readonly number[];
  /** Of each bin, the index of its load. */
  readonly of: Int32Array;
}

function levelsOf(loads: readonly number[]): Levels {
  const order = [...loads.keys()].sort((a, b) => (loads[a] ?? 0) - (loads[b] ?? 0));
  const levels: number[] = [];
  const of = new Int32Array(loads.length);
  for (const i of order) {
    const load = loads[i] ?? 0;
    if (load > (levels.at(-1) ?? Number.NEGATIVE_INFINITY) * (1 + SAME) || levels.length === 0) levels.push(load);
    of[i] = levels.length - 1;
  }
  return { loads: levels, of };
}

function crossingOf({ margins, weights, least }: Held, levels: Levels, draws: Float64Array): Crossing {
  const count = levels.loads.length;
  const [sums, masses] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < margins.length; i++) {
    const level = levels.of[i] ?? 0;
    const draw = draws[i] ?? 0;
    sums[level] = (sums[level] ?? 0) + draw * (margins[i] ?? 0);
    masses[level] = (masses[level] ?? 0) + draw * (weights[i] ?? 0);
  }
  const fitted = isotonic(
    sums.map((sum, i) => sum / Math.max(masses[i] ?? 0, Number.MIN_VALUE)),
    masses,
  );
  let beyond = 0;
  for (let i = count - 1; i >= 0; i--) {
    if ((fitted[i] ?? 0) > 0) {
      beyond += masses[i] ?? 0;
      continue;
    }
    // The few at the very end are not enough to show that it broke.
    if (beyond < least) return { held: Number.POSITIVE_INFINITY, broken: Number.POSITIVE_INFINITY };
    return { held: levels.loads[i] ?? 0, broken: levels.loads[i + 1] ?? Number.POSITIVE_INFINITY };
  }
  return { held: 0, broken: levels.loads[0] ?? 0 };
}

interface Block {
  readonly from: number;
  readonly length: number;
  readonly block: number;
}

/** Blocks grow with the cube root of a stretch (Künsch 1989); a stretch holds at least four. */
function blocksOf(groups: readonly number[]): readonly Block[] {
  const blocks: Block[] = [];
  let from = 0;
  for (let i = 1; i <= groups.length; i++) {
    if (i < groups.length && groups[i] === groups[from]) continue;
    const length = i - from;
    const block = Math.max(1, Math.min(Math.floor(length / 4), Math.round(2 * Math.cbrt(length))));
    blocks.push({ from, length, block });
    from = i;
  }
  return blocks;
}
