import type { Random } from "../../base/index.ts";
import { type RateStatistics, Rates } from "../statistics/rates.ts";
import { ALONE, burstsOf, gapForSize } from "./bursts.ts";

/** A thinned process of starts: which were kept, and how. */
export interface Thinned {
  /** 1 where a start is kept. */
  readonly kept: Uint8Array;
  /** ms; starts that are no further apart were kept or dropped together. Below 0: each on its own. */
  readonly gap: number;
  readonly bursts: number;
}

/**
 * Keeps a share of the starts (ms, ascending), whole bursts of them: dropping starts one by one would turn any traffic into Poisson's. What counts as a
 * burst is chosen among four gaps, of which three make the mean burst as large as the index of dispersion at 1, 10 and 60 s, and one makes each start
 * its own: the one whose result has the index at all three and the coefficient of variation nearest to those before. Bursts are drawn in the order
 * of their sizes, each with a chance that makes up for those before it, so that the share is met to within about one start.
 */
export function thin(at: ArrayLike<number>, share: number, random: () => Random): Thinned {
  const before = ratesOf(at, undefined);
  const sizes = [1, before?.idc["1s"], before?.idc["10s"], before?.idc["60s"]].filter((size) => size !== undefined);
  const gaps = [...new Set(sizes.map((size) => gapForSize(at, size)))];
  let best: (Thinned & { readonly off: number }) | undefined;
  for (const gap of gaps) {
    const begins = burstsOf(at, gap);
    const kept = keepShare(begins, at.length, share, random());
    const after = ratesOf(at, kept);
    const off = before === undefined || after === undefined ? 0 : distance(before, after);
    if (best === undefined || off < best.off) best = { kept, gap, bursts: begins.length - 1, off };
  }
  return best ?? { kept: new Uint8Array(at.length).fill(1), gap: ALONE, bursts: at.length };
}

function keepShare(begins: readonly number[], starts: number, share: number, random: Random): Uint8Array {
  const bursts = Array.from({ length: begins.length - 1 }, (_, i) => {
    const from = begins[i] ?? 0;
    return { from, size: (begins[i + 1] ?? 0) - from, order: random.next() };
  }).sort((a, b) => b.size - a.size || a.order - b.order);
  const kept = new Uint8Array(starts);
  let [seen, taken] = [0, 0];
  for (const { from, size } of bursts) {
    seen += size;
    if (random.next() * size < share * seen - taken) {
      taken += size;
      kept.fill(1, from, from + size);
    }
  }
  return kept;
}

function ratesOf(at: ArrayLike<number>, kept: Uint8Array | undefined): RateStatistics | undefined {
  const rates = new Rates();
  for (let i = 0; i < at.length; i++) if (kept === undefined || kept[i] === 1) rates.add(at[i] ?? 0);
  return rates.result();
}

/** Mean square of the logarithms of the ratios. */
function distance(a: RateStatistics, b: RateStatistics): number {
  const pairs = [
    [a.cv, b.cv],
    [a.idc["1s"], b.idc["1s"]],
    [a.idc["10s"], b.idc["10s"]],
    [a.idc["60s"], b.idc["60s"]],
  ] as const;
  let [sum, n] = [0, 0];
  for (const [x, y] of pairs) {
    if (x === undefined || y === undefined || !(x > 0) || !(y > 0)) continue;
    sum += Math.log(y / x) ** 2;
    n++;
  }
  return n === 0 ? 0 : sum / n;
}
