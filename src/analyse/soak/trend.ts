import { autocorrelation, mannKendall, mean, theilSen, variance } from "../../stats/index.ts";

/** A trend of one series at constant load. Times in ms from the series' first value. */
export interface Trend {
  /** In the series' unit, a ms, with its 95 % interval. */
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly tau: number;
  /** n/n*: how much neighbours' resemblance widened the variance. */
  readonly inflation: number;
  /** Mean of the series. */
  readonly level: number;
  /** The line at the series' end. */
  readonly now: number;
  readonly lastHalf: number;
  /** Where an exponential approach fits better than a line: the level that it approaches. */
  readonly plateau?: number;
  readonly blocks: number;
  readonly length: number;
}

/** Blocks at most, so that all pairs stay few; at least, so that a trend can be told. */
const MOST = 160;
const FEWEST = 24;
/** Autocorrelation of what is left after the line, from which on blocks are made longer. */
const RESEMBLES = 0.2;

/**
 * Undefined where too little was measured. `width`: ms of one value; values that are not numbers do not count. `memory`: ms over which neighbours
 * are known to resemble each other (integrated correlation time), whatever the series itself shows: short series hide it.
 */
export function trendOf(values: ArrayLike<number>, width: number, memory = 0): Trend | undefined {
  const measured = Array.from(values, (value, i) => [i, value] as const).filter(([, value]) => Number.isFinite(value));
  if (measured.length < FEWEST) return undefined;
  let size = Math.ceil(measured.length / MOST);
  let blocks = averaged(measured, size, width);
  while (blocks.length >= 2 * FEWEST && autocorrelation(residuals(blocks)) > RESEMBLES) {
    size *= 2;
    blocks = averaged(measured, size, width);
  }
  const [x, y] = [blocks.map(({ at }) => at), blocks.map(({ value }) => value)];
  const raw = theilSen(x, y).slope;
  const step = ((x.at(-1) ?? 0) - (x[0] ?? 0)) / (x.length - 1);
  const test = mannKendall(y, {
    slope: raw * step,
    lags: Math.ceil(10 * Math.log10(y.length)),
    least: Math.max(1, memory / step),
  });
  const line = theilSen(x, y, { variance: test.variance });
  const half = Math.floor(blocks.length / 2);
  const length = values.length * width;
  const plateau = plateauOf(x, y);
  return {
    slope: line.slope,
    low: line.low,
    high: line.high,
    p: test.p,
    tau: test.tau,
    inflation: test.inflation,
    level: mean(y),
    now: line.intercept + line.slope * length,
    lastHalf: theilSen(x.slice(half), y.slice(half)).slope,
    ...(plateau === undefined ? {} : { plateau }),
    blocks: blocks.length,
    length,
  };
}

interface Block {
  /** ms */
  readonly at: number;
  readonly value: number;
}

function averaged(measured: readonly (readonly [number, number])[], size: number, width: number): readonly Block[] {
  return Array.from({ length: Math.floor(measured.length / size) }, (_, i) => {
    const group = measured.slice(i * size, (i + 1) * size);
    return { at: mean(group.map(([bin]) => bin + 0.5)) * width, value: mean(group.map(([, value]) => value)) };
  });
}

function residuals(blocks: readonly Block[]): readonly number[] {
  const { slope } = theilSen(
    blocks.map(({ at }) => at),
    blocks.map(({ value }) => value),
  );
  return blocks.map(({ at, value }) => value - slope * at);
}

/** Time constants tried for an approach, as shares of the series' length: beyond, it cannot be told from a line. */
const APPROACHES = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1];
/** Difference of the information criterion that counts as strong (Kass and Raftery, "Bayes Factors", JASA 90, 1995). */
const STRONG = 6;

/**
 * The level that a series approaches, where a + b (1 - exp(-t/tau)) fits clearly better than a + b t: least squares over a grid of tau, both
 * judged by Schwarz's criterion (1978), the approach with one parameter more.
 */
function plateauOf(x: readonly number[], y: readonly number[]): number | undefined {
  const n = x.length;
  const span = (x[n - 1] ?? 0) - (x[0] ?? 0);
  const fit = (shape: readonly number[]): { rest: number; a: number; b: number } => {
    const [ms, my] = [mean(shape), mean(y)];
    const b = shape.reduce((sum, s, i) => sum + (s - ms) * ((y[i] ?? 0) - my), 0) / ((n - 1) * variance(shape));
    const a = my - b * ms;
    return { rest: shape.reduce((sum, s, i) => sum + ((y[i] ?? 0) - a - b * s) ** 2, 0), a, b };
  };
  const line = fit(x).rest;
  let best: { readonly rest: number; readonly level: number } | undefined;
  for (const share of APPROACHES) {
    const approach = fit(x.map((at) => 1 - Math.exp(-(at - (x[0] ?? 0)) / (share * span))));
    if (best === undefined || approach.rest < best.rest) best = { rest: approach.rest, level: approach.a + approach.b };
  }
  if (best === undefined || !(line > 0)) return undefined;
  const gain = n * Math.log(line / Math.max(best.rest, line * 1e-12)) - Math.log(n);
  return gain > STRONG ? best.level : undefined;
}
