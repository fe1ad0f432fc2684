import { formatNumber, type Random } from "../../base/index.ts";
import { bootstrapWeights, fitUsl, percentileInterval, type Usl, uslPeak, uslThroughput } from "../../stats/index.ts";
import type { LoadLine } from "../verdict/schema.ts";
import type { Window } from "./windows.ts";

/** Windows, and different numbers in flight, below which the law's three parameters are not to be told apart. */
const LEAST = 6;
/** The most in flight is at least so many times the least. */
const SPREAD = 4;
/** The least in flight is at most this, or a tenth of the most: without it nobody knows what one alone gets done. */
const ALONE = 2;
const REPLICATES = 100;

/**
 * The Universal Scalability Law of attempts in flight and answers a second, over windows of the run, with a bootstrap over them. Absent where the run does
 * not span enough.
 */
export function scalabilityOf(windows: readonly Window[], random: Random): LoadLine["scalability"] {
  const points = windows.filter(({ inFlight, throughput }) => inFlight > 0 && throughput > 0);
  const loads = points.map(({ inFlight }) => inFlight);
  const least = loads.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = loads.reduce((a, b) => Math.max(a, b), 0);
  if (points.length < 2 * LEAST || new Set(loads.map((load) => Math.round(Math.log2(load) * 2))).size < LEAST)
    return undefined;
  if (most < SPREAD * least || least > Math.max(ALONE, most / 10)) return undefined;
  const throughputs = points.map(({ throughput }) => throughput);
  // Counts scatter with the root of what is counted.
  const precision = throughputs.map((value) => 1 / value);
  const usl = fitUsl(loads, throughputs, precision);
  if (usl === undefined) return undefined;
  const replicates: Usl[] = [];
  const block = Math.max(1, Math.round(Math.cbrt(points.length)));
  for (let i = 0; i < REPLICATES; i++) {
    const draws = bootstrapWeights(points.length, block, random);
    const drawn = fitUsl(
      loads,
      throughputs,
      precision.map((weight, at) => weight * (draws[at] ?? 0)),
    );
    if (drawn !== undefined) replicates.push(drawn);
  }
  const withInterval = (name: keyof Usl) => {
    const { low, high } = percentileInterval(replicates.map((drawn) => drawn[name]));
    return { value: usl[name], low: Math.min(low, usl[name]), high: Math.max(high, usl[name]) };
  };
  const kappa = withInterval("kappa");
  const peak = uslPeak(usl);
  // A peak beyond what was tried is the law's word alone, and one without kappa is none.
  const seen = kappa.low > MATTERS && peak < most;
  return {
    lambda: withInterval("lambda"),
    sigma: withInterval("sigma"),
    kappa,
    ...(seen ? { peak } : {}),
    meaning: meaningOf(usl, seen ? peak : undefined, most),
  };
}

/** Below this kappa takes a tenth from the throughput only beyond three hundred in flight. */
const MATTERS = 1e-6;

function meaningOf(usl: Usl, peak: number | undefined, most: number): string {
  const { lambda, sigma } = usl;
  const alone = `One request at a time gets ${formatNumber(lambda)} answers a second`;
  if (peak !== undefined) {
    return `${alone}; beyond ${formatNumber(peak)} in flight (${formatNumber(uslThroughput(usl, peak))} answers a second) more of them get less done: they stand in each other's way.`;
  }
  const share = uslThroughput(usl, most) / (lambda * most);
  if (sigma < 1e-4 || share > 0.9)
    return `${alone}, and ${formatNumber(most)} get nearly as many times as much: no ceiling was seen.`;
  return `${alone}; what they share lets no number of them get more than about ${formatNumber(lambda / sigma)}. No load was seen at which more in flight get less done.`;
}
