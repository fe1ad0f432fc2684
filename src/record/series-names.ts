/** The series that every run writes of itself, each second; observed servers add theirs. */
export interface SeriesEntry {
  readonly name: string;
  /** `worker`: one series a load worker, labels `{worker="0"}`. */
  readonly labels: readonly string[];
  readonly kind: "gauge" | "counter";
  readonly unit: string;
  readonly meaning: string;
}

const entries = [
  {
    name: "generator.loop.utilisation",
    labels: ["worker"],
    kind: "gauge",
    unit: "0 to 1",
    meaning: "share of the last second in which the worker's event loop was busy",
  },
  {
    name: "generator.loop.delay.p50",
    labels: ["worker"],
    kind: "gauge",
    unit: "ms",
    meaning: "lateness of the worker's ticks in the last second, p50",
  },
  { name: "generator.loop.delay.p99", labels: ["worker"], kind: "gauge", unit: "ms", meaning: "the same, p99" },
  { name: "generator.loop.delay.max", labels: ["worker"], kind: "gauge", unit: "ms", meaning: "the same, maximum" },
  {
    name: "generator.cpu",
    labels: [],
    kind: "gauge",
    unit: "cores",
    meaning: "CPU of the whole process over the last second",
  },
  {
    name: "generator.noise.p50",
    labels: ["worker"],
    kind: "gauge",
    unit: "ms",
    meaning: "error of the worker's stamps on a loopback stream at rest, p50; written once, before the run",
  },
  { name: "generator.noise.p99", labels: ["worker"], kind: "gauge", unit: "ms", meaning: "the same, p99" },
  {
    name: "generator.hooks.calls",
    labels: ["worker"],
    kind: "counter",
    unit: "calls",
    meaning: "calls of the plan's hooks, since the run's start; only of a plan that has hooks",
  },
  {
    name: "generator.hooks.time",
    labels: ["worker"],
    kind: "counter",
    unit: "ms",
    meaning: "time that these calls took, in which the worker did nothing else",
  },
  {
    name: "generator.hooks.slowest",
    labels: ["worker"],
    kind: "gauge",
    unit: "ms",
    meaning: "the slowest of these calls so far",
  },
  {
    name: "sessions.asked",
    labels: [],
    kind: "counter",
    unit: "sessions",
    meaning: "sessions that were due in open stages, since the run's start",
  },
  {
    name: "sessions.due",
    labels: [],
    kind: "counter",
    unit: "sessions",
    meaning: "of these, sessions that the generator had ready in their time, those included that wait for a free user",
  },
  {
    name: "sessions.started",
    labels: [],
    kind: "counter",
    unit: "sessions",
    meaning: "of these, sessions that have started",
  },
  {
    name: "target.limit.requests",
    labels: [],
    kind: "gauge",
    unit: "requests",
    meaning: "requests that the target's rate limit leaves, the least that answers of the last two seconds told",
  },
  { name: "target.limit.tokens", labels: [], kind: "gauge", unit: "tokens", meaning: "the same, tokens" },
  {
    name: "events.content",
    labels: [],
    kind: "counter",
    unit: "events",
    meaning: "content events received, since the run's start",
  },
  {
    name: "events.shared",
    labels: [],
    kind: "counter",
    unit: "events",
    meaning: "content events beyond the first of their socket read",
  },
] as const satisfies readonly SeriesEntry[];

export type SeriesName = (typeof entries)[number]["name"];
export const SERIES: readonly (SeriesEntry & { readonly name: SeriesName })[] = entries;
