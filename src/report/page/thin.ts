import { type Grid, shortValue } from "./grid.ts";
import type { Values } from "./types.ts";

/** Values at equal steps of `width` ms from the run's start; NaN where nothing was measured. */
export interface Steps {
  readonly width: number;
  readonly values: ArrayLike<number>;
}

/**
 * A column in the page's bins. Where it is finer, each pair of bins holds the least and the greatest value of its time, in the order in which
 * they came, so that no spike is lost.
 */
export function thinned({ width, values }: Steps, grid: Grid): Values {
  const out: (number | null)[] = Array.from({ length: grid.bins }, () => null);
  if (width >= grid.width) {
    for (let bin = 0; bin < grid.bins; bin++) out[bin] = shortValue(values[Math.floor((bin * grid.width) / width)]);
    return out;
  }
  for (let bin = 0; bin < grid.bins; bin += 2) {
    const from = Math.floor((bin * grid.width) / width);
    const to = Math.min(values.length, Math.floor(((bin + 2) * grid.width) / width));
    let [least, most] = [-1, -1];
    for (let i = from; i < to; i++) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      if (least < 0 || value < (values[least] ?? Number.NaN)) least = i;
      if (most < 0 || value > (values[most] ?? Number.NaN)) most = i;
    }
    if (least < 0) continue;
    const [first, second] = least <= most ? [least, most] : [most, least];
    out[bin] = shortValue(values[first]);
    if (bin + 1 < grid.bins) out[bin + 1] = shortValue(values[second]);
  }
  return out;
}
