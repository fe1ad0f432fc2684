/**
 * The latency metrics of the product: the one table from which docs/METRICS.md, the thresholds' grammar, the summary and
 * the SQL over a run folder are made. `sql` is an expression over the columns of `samples`, in ms; NULL where the metric does not
 * exist for that attempt.
 */
export interface MetricEntry {
  readonly name: string;
  readonly title: string;
  readonly formula: string;
  /** Absent for `itl`, whose values are gaps, not attempts: they come from the gap histograms. */
  readonly sql?: string;
  /** Which attempts count. `answered`: outcomes that hold an answer. `begun`: every attempt that has both stamps. */
  readonly counts: "answered" | "begun" | "gaps";
  /** Whether attempts that ended while still waiting enter as "longer than". */
  readonly censoring: boolean;
  readonly source: string;
}

const entries = [
  {
    name: "response",
    title: "response time",
    formula: "endAt - scheduledAt",
    sql: "endAt - scheduledAt",
    counts: "answered",
    censoring: true,
    source:
      "client; from the intended send time, so a wait inside the generator or behind a full server counts as a user would feel it",
  },
  {
    name: "service",
    title: "service time",
    formula: "endAt - startedAt",
    sql: "endAt - startedAt",
    counts: "answered",
    censoring: true,
    source: "client; from the actual send time",
  },
  {
    name: "connect",
    title: "connect",
    formula: "connectedAt - dialledAt",
    sql: "connectedAt - dialledAt",
    counts: "begun",
    censoring: false,
    source: "client; only attempts that opened a connection of their own (DNS, TCP and TLS)",
  },
  {
    name: "ttfb",
    title: "first byte",
    formula: "firstByteAt - startedAt",
    sql: "firstByteAt - startedAt",
    counts: "begun",
    censoring: false,
    source: "client; first byte of the response, whatever its status",
  },
  {
    name: "ttft",
    title: "first token",
    formula: "firstTokenAt - scheduledAt",
    sql: "firstTokenAt - scheduledAt",
    counts: "begun",
    censoring: true,
    source:
      "client; to the first non-empty content or reasoning event, from the intended send time; streamed answers only",
  },
  {
    name: "ttfo",
    title: "first answer token",
    formula: "firstAnswerAt - scheduledAt",
    sql: "firstAnswerAt - scheduledAt",
    counts: "begun",
    censoring: true,
    source: "client; to the first answer event, reasoning left out; streamed answers only",
  },
  {
    name: "itl",
    title: "gap between tokens",
    formula: "time between two successive socket reads of one stream that brought content",
    counts: "gaps",
    censoring: false,
    source: "client; true gaps, in histograms with relative error below 0.8 %; events that share a read make no gap",
  },
  {
    name: "tpot",
    title: "time per output token",
    formula: "(lastTokenAt - firstTokenAt) / (outputTokens - 1)",
    sql: "CASE WHEN outputTokens > 1 THEN (lastTokenAt - firstTokenAt) / (outputTokens - 1) END",
    counts: "answered",
    censoring: false,
    source: "client times, token count as `tokenSource` says",
  },
  {
    name: "stall",
    title: "longest gap",
    formula: "longest gap of one stream",
    sql: "stall",
    counts: "answered",
    censoring: true,
    source: "client; an attempt that stalled to its end enters with the wait so far",
  },
  {
    name: "startLag",
    title: "start lag",
    formula: "startedAt - dueAt",
    sql: "startedAt - dueAt",
    counts: "begun",
    censoring: false,
    source:
      "the generator's own lateness against the time at which it should have sent; waits that the plan asks for (a cap on users, the backoff of a retry) are not in it",
  },
] as const satisfies readonly MetricEntry[];

export type MetricName = (typeof entries)[number]["name"];
export const METRICS: readonly (MetricEntry & { readonly name: MetricName })[] = entries;
export const METRIC_NAMES: readonly MetricName[] = entries.map((entry) => entry.name);

export const PERCENTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
export type PercentileName = keyof typeof PERCENTILES;
