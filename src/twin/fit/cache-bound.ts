import { median } from "../../stats/index.ts";
import type { Observations } from "./types.ts";

/** Whether the KV cache ever limited the engine, and by what that is known. */
export interface CacheVerdict {
  readonly bound: "never" | "may have";
  readonly why: string;
  /** Most tokens that admitted requests held at one time; NaN where admissions are not known. */
  readonly peakTokens: number;
}

/** A share of blocks in use below which no engine has ever had to wait for one. */
const FREE_BELOW = 0.95;
/** Waits of a few steps are those of a step under way and of a budget that others fill. */
const STEPS = 5;

/**
 * Looks for evidence that the cache never bound: the server's own gauge, or, where admissions are known, waits that the limit on sequences or the
 * steps themselves explain. Requests that were never admitted late were never kept out by memory, and whoever is preempted keeps others out.
 */
export function cacheVerdict(observations: Observations, maxSeqs: number | undefined, replicas: number): CacheVerdict {
  const requests = observations.episodes.flatMap(({ requests: list }) => list);
  const peakTokens = Math.max(...observations.episodes.map(({ requests: list }) => heldTokens(list)));
  const { kvPeak } = observations;
  if (kvPeak !== undefined) {
    const used = `the server's gauge of KV use peaked at ${Math.round(kvPeak * 100)} %`;
    return { bound: kvPeak < FREE_BELOW ? "never" : "may have", why: used, peakTokens };
  }
  if (observations.preemptions !== undefined && observations.preemptions > 0)
    return { bound: "may have", why: `the server counted ${observations.preemptions} preemptions`, peakTokens };
  if (requests.some(({ scheduledAt }) => Number.isNaN(scheduledAt)))
    return { bound: "may have", why: "the data do not say when requests were admitted", peakTokens };
  const step = median(
    requests
      .filter(({ outputTokens }) => outputTokens > 1)
      .map(({ firstTokenAt, lastTokenAt, outputTokens }) => (lastTokenAt - firstTokenAt) / (outputTokens - 1)),
  );
  const late = requests.filter(({ arrivedAt, scheduledAt }) => scheduledAt - arrivedAt > STEPS * step);
  const full = (maxSeqs ?? Number.POSITIVE_INFINITY) * replicas;
  const unexplained = late.filter((request) => {
    const at = (request.arrivedAt + request.scheduledAt) / 2;
    const running = requests.filter(({ scheduledAt, lastTokenAt }) => scheduledAt <= at && at < lastTokenAt).length;
    return running < 0.95 * full;
  });
  // A burst that fills the token budget makes its last ones wait as well.
  if (unexplained.length > 0.02 * requests.length)
    return {
      bound: "may have",
      why: `${unexplained.length} of ${requests.length} requests waited longer than ${STEPS} steps while fewer than max_num_seqs ran`,
      peakTokens,
    };
  return {
    bound: "never",
    why:
      late.length === 0
        ? `every request was admitted within ${STEPS} steps`
        : `${late.length} of ${requests.length} requests waited longer than ${STEPS} steps, all but ${unexplained.length} while max_num_seqs ran`,
    peakTokens,
  };
}

/** Most tokens of prompts and answers so far, of requests between admission (or arrival, where that is not known) and end. */
function heldTokens(requests: Observations["episodes"][number]["requests"]): number {
  const events: (readonly [at: number, tokens: number])[] = [];
  for (const { arrivedAt, scheduledAt, lastTokenAt, inputTokens, outputTokens } of requests) {
    // Counted whole from the start, so that the peak is not underestimated.
    events.push([Number.isNaN(scheduledAt) ? arrivedAt : scheduledAt, inputTokens + outputTokens]);
    events.push([lastTokenAt, -(inputTokens + outputTokens)]);
  }
  events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let held = 0;
  let peak = 0;
  for (const [, tokens] of events) {
    held += tokens;
    peak = Math.max(peak, held);
  }
  return peak;
}
