import type { MetricCells } from "./cells.ts";
import { spreadOf } from "./spread.ts";
import type { Curve } from "./types.ts";

const SHARES: readonly number[] = [
  0,
  0.005,
  0.01,
  0.02,
  0.03,
  ...Array.from({ length: 18 }, (_, i) => (i + 1) * 0.05),
  0.92,
  0.94,
  0.95,
  0.96,
  0.97,
  0.98,
  0.985,
  0.99,
  0.9925,
  0.995,
  0.9965,
  0.998,
  0.999,
  0.9995,
  0.9999,
  1,
];

/** The whole run's distribution, then each stage's, in the order of the stages. */
export function curvesOf({ metric, cells }: MetricCells, stages: readonly string[]): readonly Curve[] {
  return [undefined, ...stages].flatMap((stage): Curve[] => {
    const spread = spreadOf(stage === undefined ? cells : cells.filter((cell) => cell.stage === stage));
    const { n, censored } = spread;
    if (n === 0) return [];
    // Between the last share that n can tell from the greatest and the greatest there is nothing to draw.
    const told = SHARES.filter((share) => share === 0 || share === 1 || (share * n >= 1 && (1 - share) * n >= 1));
    return [
      {
        metric,
        ...(stage === undefined ? {} : { stage }),
        n,
        censored,
        points: told.map((share) => [share, Number(spread.atRank(Math.ceil(share * n)).toPrecision(4))] as const),
      },
    ];
  });
}
