import { median } from "./moments.ts";
import { normalQuantile } from "./normal.ts";

export interface Slope {
  readonly slope: number;
  /** The interval of the slope. */
  readonly low: number;
  readonly high: number;
  /** The line passes through the medians of both. */
  readonly intercept: number;
}

export interface SlopeOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** Variance of Kendall's S, where neighbours resemble each other (Hamed and Rao); default: that of independent values. */
  readonly variance?: number;
}

/** Points beyond which neighbours are averaged first: all pairs of more take too long. */
const MOST = 600;

/**
 * The median slope of all pairs of points, and its interval by the ranks that Kendall's S gives: Theil (1950); Sen, "Estimates of the Regression
 * Coefficient Based on Kendall's Tau", JASA 63 (1968), section 3. Points that are not numbers do not count; NaN below two points of different x.
 */
export function theilSen(x: ArrayLike<number>, y: ArrayLike<number>, options: SlopeOptions = {}): Slope {
  const points = thinned(x, y);
  const sorted = slopesOf(points).sort();
  const n = points.length;
  const variance = options.variance ?? (n * (n - 1) * (2 * n + 5)) / 18;
  const half = normalQuantile(0.5 + (options.confidence ?? 0.95) / 2) * Math.sqrt(variance);
  const slope = median(sorted);
  const at = (rank: number): number => sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? Number.NaN;
  return {
    slope,
    low: at(Math.round((sorted.length - half) / 2)),
    high: at(Math.round((sorted.length + half) / 2) + 1),
    intercept: median(points.map(([, value]) => value)) - slope * median(points.map(([value]) => value)),
  };
}

/** Of all pairs of different x. */
function slopesOf(points: readonly (readonly [number, number])[]): Float64Array {
  const [xs, ys] = [Float64Array.from(points, ([x]) => x), Float64Array.from(points, ([, y]) => y)];
  const slopes = new Float64Array((xs.length * (xs.length - 1)) / 2);
  let count = 0;
  for (let i = 0; i < xs.length; i++) {
    const [xi, yi] = [xs[i] ?? 0, ys[i] ?? 0];
    for (let j = i + 1; j < xs.length; j++) {
      const xj = xs[j] ?? 0;
      if (xj !== xi) slopes[count++] = ((ys[j] ?? 0) - yi) / (xj - xi);
    }
  }
  return slopes.subarray(0, count);
}

function thinned(x: ArrayLike<number>, y: ArrayLike<number>): readonly (readonly [number, number])[] {
  const points: [number, number][] = [];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [at, value] = [x[i] ?? Number.NaN, y[i] ?? Number.NaN];
    if (Number.isFinite(at) && Number.isFinite(value)) points.push([at, value]);
  }
  const size = Math.ceil(points.length / MOST);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, block): readonly [number, number] => {
    const group = points.slice(block * size, (block + 1) * size);
    const mean = (pick: 0 | 1): number => group.reduce((sum, point) => sum + point[pick], 0) / group.length;
    return [mean(0), mean(1)];
  });
}
