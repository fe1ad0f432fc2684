/**
 * Beyond these the generator's own lateness shows in the figures, and the verdict is withheld. Documented in docs/METRICS.md.
 */
export const GENERATOR_BOUNDS = {
  /** Start lag: its highest carried percentile of p99, p95 and p90 exceeds both. */
  startLag: {
    ms: 10,
    shareOfLatency: 0.05,
    meaning: "start lag p99 above 10 ms and above 5 % of the first token's (else the response's) p50",
  },
  loopDelay: { ms: 20, meaning: "event-loop delay p99 above 20 ms in more than 5 % of the worker-seconds" },
  busy: { utilisation: 0.9, ms: 3000, meaning: "a worker's event loop above 90 % busy for 3 s and more" },
  /** `cutOff`: sessions due at the very moment at which something ended the run before its plan did. */
  delivered: {
    ratio: 0.99,
    cutOff: 2,
    meaning:
      "less than 99 % of the sessions that were due in open stages started; of a run that was ended before its plan, two may be missing",
  },
  sharedReads: {
    above: 0.2,
    loopDelayMs: 5,
    utilisation: 0.7,
    meaning:
      "the share of content events that shared a socket read more than 0.2 above the same share at rest, while the event-loop delay p99 was above 5 ms or a worker above 70 % busy",
  },
} as const;
