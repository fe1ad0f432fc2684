import type { Random } from "../../base/index.ts";
import { bootstrapWeights, isotonic, percentileInterval } from "../../stats/index.ts";

/** Bins of one limit that count, each with its load; `group` tells stretches of time that are drawn from apart. */
export interface Held {
  readonly loads: readonly number[];
  readonly margins: readonly number[];
  readonly weights: readonly number[];
  readonly groups: readonly number[];
  /** How far the consequences are behind the load of the bin; 0 where it is even. */
  readonly lags: readonly number[];
  /** The same at the end of a ramp that broke nothing. */
  readonly hidden: readonly number[];
  /** Fewest samples beyond a load that can show it broken. */
  readonly least: number;
  /** Samples at a load, or beyond nine tenths of it, that are enough to say that it holds there. */
  readonly enough: number;
  /** Seconds of a bin. */
  readonly seconds: number;
}

/** Between which of the loads that were tried a limit gives way: it held `at` one, and not at the next, `broken`; 0 and Infinity for none. */
interface Crossing {
  readonly at: number;
  readonly lag: number;
  readonly broken: number;
}

export interface Estimate {
  /** The highest load at which it held, less how far its consequences were behind it; 0 and Infinity where there is none. */
  readonly point: number;
  /** 95 %: the lowest load to which it may hold, and the load that it does not reach. */
  readonly low: number;
  readonly high: number;
  /** The highest load for which there are samples and seconds enough; 0 where there is none. */
  readonly shown: number;
  readonly tried: { readonly least: number; readonly most: number };
}

const REPLICATES = 400;
/** Loads that differ by less, as a share, are one. */
const SAME = 1e-6;

/**
 * The highest load to which a limit holds. More load makes nothing better, so the margins are made never to fall over the load (isotonic
 * regression), and the limit holds up to where they pass zero. The interval is that of a bootstrap over blocks of time, drawn within each
 * stretch of the run, since neighbours in time share their fate. How far consequences are behind a rising load is known to a factor of two only:
 * the interval's low end takes it twice, its high end not at all.
 */
export function highestHeld(data: Held, random: Random): Estimate | undefined {
  const levels = levelsOf(data);
  const [first, last] = [levels.loads[0], levels.loads.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const blocks = blocksOf(data.groups);
  const held = new Float64Array(REPLICATES);
  const broken = new Float64Array(REPLICATES);
  const draws = new Float64Array(data.loads.length);
  for (let i = 0; i < REPLICATES; i++) {
    for (const { from, length, block } of blocks) draws.set(bootstrapWeights(length, block, random), from);
    const crossing = crossingOf(data, levels, draws);
    held[i] = Math.max(0, crossing.at - 2 * crossing.lag);
    broken[i] = crossing.broken;
  }
  const crossing = crossingOf(data, levels, draws.fill(1));
  const point = Math.max(0, crossing.at - crossing.lag);
  return {
    point,
    low: Math.min(point, percentileInterval(held).low),
    high: Math.max(crossing.broken, percentileInterval(broken).high),
    shown: shownUpTo(data, levels),
    tried: { least: first, most: last },
  };
}

interface Levels {
  readonly loads: readonly number[];
  /** The least of a load's bins: what held while the load was even needs no correction. */
  readonly lags: readonly number[];
  readonly hidden: readonly number[];
  /** Of each bin, the index of its load. */
  readonly of: Int32Array;
}

function levelsOf({ loads, lags, hidden }: Held): Levels {
  const order = [...loads.keys()].sort((a, b) => (loads[a] ?? 0) - (loads[b] ?? 0));
  const levels: number[] = [];
  const behind: number[] = [];
  const unseen: number[] = [];
  const of = new Int32Array(loads.length);
  for (const i of order) {
    const load = loads[i] ?? 0;
    if (load > (levels.at(-1) ?? Number.NEGATIVE_INFINITY) * (1 + SAME) || levels.length === 0) levels.push(load);
    const level = levels.length - 1;
    behind[level] = Math.min(behind[level] ?? Number.POSITIVE_INFINITY, lags[i] ?? 0);
    unseen[level] = Math.min(unseen[level] ?? Number.POSITIVE_INFINITY, hidden[i] ?? 0);
    of[i] = level;
  }
  return { loads: levels, lags: behind, hidden: unseen, of };
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
    if (beyond < least) return { at: Number.POSITIVE_INFINITY, lag: 0, broken: Number.POSITIVE_INFINITY };
    return {
      at: levels.loads[i] ?? 0,
      lag: levels.lags[i] ?? 0,
      broken: levels.loads[i + 1] ?? Number.POSITIVE_INFINITY,
    };
  }
  return { at: 0, lag: 0, broken: levels.loads[0] ?? 0 };
}

/** Loads from this share of one on speak for it. */
const ABOUT = 0.9;
/** Seconds at a load, or beyond nine tenths of it, before a queue that it makes can be long. */
const LONG_ENOUGH = 10;

function shownUpTo({ weights, enough, seconds }: Held, { loads, hidden, of }: Levels): number {
  const [masses, times] = [new Float64Array(loads.length), new Float64Array(loads.length)];
  for (let i = 0; i < weights.length; i++) {
    const level = of[i] ?? 0;
    masses[level] = (masses[level] ?? 0) + (weights[i] ?? 0);
    times[level] = (times[level] ?? 0) + seconds;
  }
  let [sum, time, next] = [0, 0, loads.length - 1];
  for (let i = loads.length - 1; i >= 0; i--) {
    const load = loads[i] ?? 0;
    for (; next >= 0 && (loads[next] ?? 0) >= ABOUT * load; next--) {
      sum += masses[next] ?? 0;
      time += times[next] ?? 0;
    }
    if (sum >= enough && time >= LONG_ENOUGH) return best(loads, hidden, i);
  }
  return 0;
}

/** The highest load up to a level that its own backlog leaves standing. */
function best(loads: readonly number[], hidden: readonly number[], upTo: number): number {
  let most = 0;
  for (let i = 0; i <= upTo; i++) most = Math.max(most, (loads[i] ?? 0) - (hidden[i] ?? 0));
  return most;
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
    const block = Math.max(1, Math.min(Math.floor(length / 4), Math.round(3 * Math.cbrt(length))));
    blocks.push({ from, length, block });
    from = i;
  }
  return blocks;
}
