import { cholesky, choleskySolve } from "./linear.ts";

/** 95th percentile of chi-square with one degree of freedom. */
const CHI_SQUARE = 3.841458820694124;
/** Places that are tried for the break between the points. */
const PLACES = 200;
/** Points that each side needs. */
const LEAST = 3;

export interface Segmented {
  readonly breakpoint: number;
  /** 95 %, by profile likelihood. */
  readonly low: number;
  readonly high: number;
  readonly before: { readonly intercept: number; readonly slope: number };
  readonly after: { readonly slope: number };
  /** BIC of one line less that of two: above 0, the break is worth its two parameters; above 10, very strongly (Kass and Raftery 1995). */
  readonly bicGain: number;
}

/**
 * Two lines that meet, against one: y = a + b x + d max(0, x - c), least squares over a, b, d for each c of a grid. Hudson, "Fitting Segmented Curves
 * Whose Join Points Have to be Estimated", JASA 61 (1966); the interval holds every c whose likelihood is not rejected at 5 %. `weights`: inverse
 * variances, up to a factor. undefined below seven points or with too few places of x.
 */
export function segmented(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Segmented | undefined {
  const points = Array.from({ length: x.length }, (_, i) => ({
    x: x[i] ?? Number.NaN,
    y: y[i] ?? Number.NaN,
    w: weights?.[i] ?? 1,
  }))
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y) && point.w > 0)
    .sort((a, b) => a.x - b.x);
  const n = points.length;
  const [first, last] = [points[LEAST - 1]?.x, points[n - LEAST]?.x];
  if (n < 2 * LEAST + 1 || first === undefined || last === undefined || first >= last) return undefined;
  const line = fit(points, undefined);
  const tried = Array.from({ length: PLACES + 1 }, (_, i) => {
    const place = first + ((last - first) * i) / PLACES;
    const fitted = fit(points, place);
    return fitted === undefined ? [] : [{ place, ...fitted }];
  }).flat();
  const best = tried.reduce<(typeof tried)[number] | undefined>(
    (least, each) => (least === undefined || each.rest < least.rest ? each : least),
    undefined,
  );
  if (line === undefined || best === undefined) return undefined;
  // A fit without rest has no likelihood; a part in 10^12 of the spread stands for it.
  const floor = 1e-12 * Math.max(line.rest, Number.MIN_VALUE);
  const logOf = (rest: number): number => n * Math.log(Math.max(rest, floor));
  const inside = tried.filter(({ rest }) => logOf(rest) - logOf(best.rest) <= CHI_SQUARE).map(({ place }) => place);
  const [intercept = 0, slope = 0, bend = 0] = best.coefficients;
  return {
    breakpoint: best.place,
    low: Math.min(...inside),
    high: Math.max(...inside),
    before: { intercept, slope },
    after: { slope: slope + bend },
    bicGain: logOf(line.rest) - logOf(best.rest) - 2 * Math.log(n),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly w: number;
}

function fit(
  points: readonly Point[],
  place: number | undefined,
): { readonly coefficients: readonly number[]; readonly rest: number } | undefined {
  const rowOf = ({ x }: Point): number[] => (place === undefined ? [1, x] : [1, x, Math.max(0, x - place)]);
  const size = place === undefined ? 2 : 3;
  const gram = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const target = new Array<number>(size).fill(0);
  for (const point of points) {
    const row = rowOf(point);
    for (const [i, value] of row.entries()) {
      target[i] = (target[i] ?? 0) + point.w * value * point.y;
      const cells = gram[i] ?? [];
      for (const [j, other] of row.entries()) cells[j] = (cells[j] ?? 0) + point.w * value * other;
    }
  }
  const factor = cholesky(gram);
  if (factor === undefined) return undefined;
  const coefficients = choleskySolve(factor, target);
  const rest = points.reduce(
    (sum, point) =>
      sum +
      point.w * (point.y - rowOf(point).reduce((total, value, i) => total + value * (coefficients[i] ?? 0), 0)) ** 2,
    0,
  );
  return { coefficients, rest };
}
