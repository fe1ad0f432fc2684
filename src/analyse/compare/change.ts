import type { Random } from "../../base/index.ts";
import { autocorrelation, bootstrapWeights, mean, studentCdf, studentQuantile, variance } from "../../stats/index.ts";
import type { Blocked } from "./blocks.ts";

const REDRAWS = 200;

/** A change from one run to another on the scale on which it is tested: logarithm of the ratio, or a difference of shares. */
export interface Change {
  readonly value: number;
  readonly error: number;
  readonly freedom: number;
  readonly noise: "within" | "between";
}

/**
 * The change of a figure and its error, both runs drawn by the same blocks: what both have in common at one time (their arrivals, where the seed is the same)
 * falls out (paired circular block bootstrap, Politis and Romano 1992). Undefined where the figure is not there in one of the runs.
 */
export function changeOf(before: Blocked, after: Blocked, isShare: boolean, random: Random): Change | undefined {
  const n = before.count;
  const scale = (a: number, b: number): number => (isShare ? b - a : Math.log(b / a));
  const once = new Float64Array(n).fill(1);
  const value = scale(before.figure(once), after.figure(once));
  if (!Number.isFinite(value)) return undefined;
  const block = neighbours(before.alone.map((a, i) => scale(a, after.alone[i] ?? Number.NaN)));
  const drawn: number[] = [];
  for (let i = 0; i < REDRAWS; i++) {
    const weights = bootstrapWeights(n, block, random);
    const change = scale(before.figure(weights), after.figure(weights));
    if (Number.isFinite(change)) drawn.push(change);
  }
  if (drawn.length < REDRAWS / 2) return undefined;
  // The bootstrap divides by n where a sample divides by n - 1.
  const units = n / block;
  const error = Math.sqrt(variance(drawn) * (units / (units - 1)));
  return { value, error, freedom: units - 1, noise: "within" };
}

/** Blocks that have to be drawn together: two where a block resembles the one before. */
function neighbours(changes: readonly number[]): number {
  const used = changes.filter((change) => Number.isFinite(change));
  return used.length >= 8 && autocorrelation(used) > 1.5 / Math.sqrt(used.length) ? 2 : 1;
}

/**
 * A change from a history to a run: the runs of the history tell how much runs differ by themselves. Where they differ more than their own blocks say,
 * that spread is the error, of a new value against the mean of k (Hahn and Meeker, "Statistical Intervals", 4.7). `values`: of each run of
 * the history, on the scale of the change.
 */
export function changeFromHistory(values: readonly number[], latest: number, paired: Change): Change {
  const k = values.length;
  const value = latest - mean(values);
  if (k < 2) return { ...paired, value };
  const within = paired.error ** 2 * ((1 + 1 / k) / 2);
  const between = variance(values) * (1 + 1 / k);
  if (between <= within) return { value, error: Math.sqrt(within), freedom: paired.freedom, noise: "within" };
  return { value, error: Math.sqrt(between), freedom: k - 1, noise: "between" };
}

export interface Tested {
  /** Two-sided, of no change. */
  readonly p: number;
  readonly low: number;
  readonly high: number;
}

export function testOf({ value, error, freedom }: Change): Tested {
  if (error === 0) return { p: value === 0 ? 1 : 0, low: value, high: value };
  const half = studentQuantile(0.975, freedom) * error;
  return { p: 2 * studentCdf(-Math.abs(value / error), freedom), low: value - half, high: value + half };
}

/** P values raised so that one false alarm among them all has the chance of one alone. Holm, Scand. J. Statist. 6 (1979). */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ps.map((_, i) => i).sort((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
  const adjusted = new Array<number>(ps.length).fill(1);
  let greatest = 0;
  for (const [place, index] of order.entries()) {
    greatest = Math.max(greatest, Math.min(1, (ps[index] ?? 1) * (ps.length - place)));
    adjusted[index] = greatest;
  }
  return adjusted;
}

/** Share of pairs of blocks in which the later run has more, ties half (Mann and Whitney 1947); undefined without blocks. */
export function superiority(before: readonly number[], after: readonly number[]): number | undefined {
  const [a, b] = [before, after].map((values) => values.filter((value) => Number.isFinite(value)));
  if (!a?.length || !b?.length) return undefined;
  let wins = 0;
  for (const x of a) for (const y of b) wins += y > x ? 1 : y === x ? 0.5 : 0;
  return wins / (a.length * b.length);
}
