import { median } from "../../stats/index.ts";
import type { Observations, Observed } from "./types.ts";

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
  const full = 0.95 * (maxSeqs ?? Number.POSITIVE_INFINITY) * replicas;
  const long = STEPS * step;
  let late = 0;
  let unexplained = 0;
  for (const { requests: list } of observations.episodes) {
    const idle = idleTime(list, full);
    for (const { arrivedAt, scheduledAt } of list) {
      if (scheduledAt - arrivedAt <= long) continue;
      late++;
      if (idle(scheduledAt) - idle(arrivedAt) > long) unexplained++;
    }
  }
  const waited = `${late} of ${requests.length} requests waited longer than ${STEPS} steps`;
  const but = `${unexplained} of them while nobody was prefilling and fewer than max_num_seqs ran`;
  if (unexplained > FEW * requests.length) return { bound: "may have", why: `${waited}, ${but}`, peakTokens };
  return {
    bound: "never",
    why:
      late === 0
        ? `every request was admitted within ${STEPS} steps`
        : `${waited}, ${unexplained === 0 ? "all" : `all but ${unexplained}`} while others were prefilling or max_num_seqs ran`,
    peakTokens,
  };
}

/** Share of the requests that a clock's jitter may make look kept out. */
const FEW = 0.02;

/**
 * Time up to an instant in which neither a prompt was being read (the token budget was filled) nor the batch was full: whoever waits then is kept out
 * by something else, which in a sound engine is memory.
 */
function idleTime(requests: readonly Observed[], full: number): (until: number) => number {
  const events: (readonly [at: number, prefilling: number, running: number])[] = [];
  for (const { scheduledAt, firstTokenAt, lastTokenAt } of requests) {
    events.push([scheduledAt, 1, 1], [firstTokenAt, -1, 0], [lastTokenAt, 0, -1]);
  }
  events.sort((a, b) => a[0] - b[0]);
  const times: number[] = [];
  const sums: number[] = [];
  let [prefilling, running, idle, last] = [0, 0, 0, events[0]?.[0] ?? 0];
  for (const [at, p, r] of events) {
    if (prefilling === 0 && running < full) idle += at - last;
    prefilling += p;
    running += r;
    last = at;
    times.push(at);
    sums.push(idle);
  }
  return (until) => {
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? 0) < until) low = middle + 1;
      else high = middle;
    }
    // Between two events the sum grows evenly from one's to the other's.
    const [t0, t1] = [times[low - 1] ?? until, times[low] ?? until];
    const [s0, s1] = [sums[low - 1] ?? 0, sums[low] ?? sums.at(-1) ?? 0];
    return t1 > t0 ? s0 + ((s1 - s0) * (until - t0)) / (t1 - t0) : s0;
  };
}

/** Most tokens of prompts and answers so far, of requests between admission (or arrival, where that is not known) and end. */
function heldTokens(requests: readonly Observed[]): number {
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
