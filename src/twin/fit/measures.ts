import { carries, mean, nearestRank } from "../../stats/index.ts";
import type { Predicted } from "./replay.ts";
import type { Part } from "./residuals.ts";
import type { Episode } from "./types.ts";

/** One figure of a part of the requests, as measured and as the model has it. ms, but for `tokens/s`. */
export interface Measure {
  readonly name: string;
  readonly measured: number;
  readonly predicted: number;
  readonly n: number;
}

const LATENCIES = ["ttft", "tpot", "e2e"] as const;
const QUANTILES = [0.5, 0.9, 0.99] as const;

/** Means and quantiles that the samples carry, and the rate of tokens, over the episodes of one kind. */
export function measures(
  episodes: readonly Episode[],
  predicted: readonly Predicted[],
  overhead: number,
  part: Part,
  kind?: string,
): Measure[] {
  const measured = { ttft: [] as number[], tpot: [] as number[], e2e: [] as number[] };
  const modelled = { ttft: [] as number[], tpot: [] as number[], e2e: [] as number[] };
  let tokens = 0;
  let [seen, told] = [0, 0];
  for (const [e, episode] of episodes.entries()) {
    const model = predicted[e];
    if (model === undefined || (kind !== undefined && episode.kind !== kind)) continue;
    let from = Number.POSITIVE_INFINITY;
    const ends: number[] = [];
    const modelEnds: number[] = [];
    for (const [i, request] of episode.requests.entries()) {
      if (!part(i, episode.requests.length)) continue;
      const { arrivedAt, firstTokenAt, lastTokenAt, outputTokens } = request;
      const first = (model.firstTokenAt[i] ?? Number.NaN) + overhead;
      const last = (model.lastTokenAt[i] ?? Number.NaN) + overhead;
      if (!Number.isNaN(firstTokenAt)) {
        measured.ttft.push(firstTokenAt - arrivedAt);
        modelled.ttft.push(first - arrivedAt);
      }
      if (Number.isNaN(lastTokenAt)) continue;
      measured.e2e.push(lastTokenAt - arrivedAt);
      modelled.e2e.push(last - arrivedAt);
      if (outputTokens > 1) {
        measured.tpot.push((lastTokenAt - firstTokenAt) / (outputTokens - 1));
        modelled.tpot.push((last - first) / (outputTokens - 1));
      }
      tokens += outputTokens;
      from = Math.min(from, arrivedAt);
      ends.push(lastTokenAt);
      modelEnds.push(last);
    }
    if (ends.length > 0) {
      seen += nearestRank(ends.sort(ascending), MOST) - from;
      told += nearestRank(modelEnds.sort(ascending), MOST) - from;
    }
  }
  const list: Measure[] = [];
  for (const name of LATENCIES) {
    const [a, b] = [Float64Array.from(measured[name]).sort(), Float64Array.from(modelled[name]).sort()];
    const n = a.length;
    if (n === 0) continue;
    list.push({ name: `${name} mean`, measured: mean(a), predicted: mean(b), n });
    for (const p of QUANTILES) {
      // p99 is shown from 100 requests on, beside its n: it is compared with the model's on the same requests, not generalised.
      if (!carries(n, p) && n < 100) continue;
      list.push({ name: `${name} p${p * 100}`, measured: nearestRank(a, p), predicted: nearestRank(b, p), n });
    }
  }
  if (seen > 0)
    list.push({
      name: "tokens/s",
      measured: ((MOST * tokens) / seen) * 1000,
      predicted: ((MOST * tokens) / told) * 1000,
      n: measured.e2e.length,
    });
  return list;
}

/** The rate of tokens is taken to when this share of the requests had ended, so that one straggler does not set it. */
const MOST = 0.9;

function ascending(a: number, b: number): number {
  return a - b;
}

/** Mean of |log ratio|; what the search makes small. NaN where nothing was measured. */
export function measureLoss(list: readonly Measure[]): number {
  let sum = 0;
  for (const { measured, predicted } of list) {
    const ratio = Math.abs(Math.log(predicted / measured));
    sum += Number.isFinite(ratio) ? ratio : 2;
  }
  return sum / list.length;
}
