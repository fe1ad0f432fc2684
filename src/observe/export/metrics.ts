import { type ConceptName, SERVER_CONCEPTS } from "../../base/index.ts";

/** What a metric is, whoever reads it. */
export interface MetricKind {
  /** As OpenTelemetry writes it, with dots. */
  readonly name: string;
  readonly kind: "gauge" | "counter" | "histogram";
  /** UCUM as OpenTelemetry has it: s, By, 1, {request}. */
  readonly unit: string;
  readonly help: string;
}

const metric = <N extends string, K extends MetricKind["kind"]>(name: N, kind: K, unit: string, help: string) =>
  ({ name, kind, unit, help }) as const;

/** A metric whose series are numbers. */
export type NumberKind = MetricKind & { readonly kind: "gauge" | "counter" };

/** Upper ends of the buckets of every histogram, s; a value in the record's own buckets is known to 0.4 %. */
export const BOUNDS: readonly number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075],
  ...[0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120],
];

const entries = [
  metric("plimsoll.run.elapsed", "gauge", "s", "Time since the run's start."),
  metric("plimsoll.run.stage", "gauge", "1", "1 for the stage that the run is in; labels `stage`, `kind`."),
  metric("plimsoll.load.asked", "gauge", "1", "Load that the plan asks for; label `unit`."),
  metric("plimsoll.load.reached", "gauge", "1", "Load that came about over the last five seconds; label `unit`."),
  metric("plimsoll.sessions.open", "gauge", "{session}", "Sessions under way."),
  metric("plimsoll.sessions.started", "counter", "{session}", "Sessions that have begun."),
  metric("plimsoll.sessions.ended", "counter", "{session}", "Sessions that have ended."),
  metric("plimsoll.requests.in_flight", "gauge", "{request}", "Requests that wait for their answer's end."),
  metric("plimsoll.requests.started", "counter", "{request}", "Requests that were sent, retries included."),
  metric("plimsoll.requests.ended", "counter", "{request}", "Requests that have ended, by `outcome`."),
  metric(
    "plimsoll.latency",
    "gauge",
    "s",
    "Percentiles of the last ten seconds: label `metric` (ttft, itl, response, startLag), label `quantile`.",
  ),
  metric(
    "plimsoll.latency.samples",
    "gauge",
    "1",
    "How many values the percentiles of plimsoll.latency have, by `metric`.",
  ),
  metric(
    "plimsoll.ttft",
    "histogram",
    "s",
    "First token from the intended send time; those who still waited when they ended count with the wait so far.",
  ),
  metric(
    "plimsoll.response",
    "histogram",
    "s",
    "Response time from the intended send time; those who still waited when they ended count with the wait so far.",
  ),
  metric("plimsoll.itl", "histogram", "s", "Gaps between content events of one stream."),
  metric("plimsoll.tokens.rate", "gauge", "{token}/s", "Output tokens a second over the last ten seconds."),
  metric("plimsoll.cost", "counter", "USD", "What the run has cost by the plan's prices."),
  metric("plimsoll.connections.open", "gauge", "{connection}", "Connections to the target that are open."),
  metric("plimsoll.received", "counter", "By", "Bytes received from the target."),
  metric("plimsoll.sent", "counter", "By", "Bytes sent to the target."),
  metric(
    "plimsoll.generator.loop.utilisation",
    "gauge",
    "1",
    "Event-loop use of a load worker, 0 to 1; label `worker`.",
  ),
  metric("plimsoll.generator.loop.delay", "gauge", "s", "Lateness of a load worker's ticks, p99; label `worker`."),
  metric(
    "plimsoll.generator.state",
    "gauge",
    "1",
    "1 for the state that the generator is in: well, strained, limited.",
  ),
] as const satisfies readonly MetricKind[];

type Entry = (typeof entries)[number];
export type ExportedName = Entry["name"];
/** Told as a distribution, not as a number. */
export type SpreadName = Extract<Entry, { readonly kind: "histogram" }>["name"];

/** The run's own figures as they are told while it lasts. */
export const EXPORTED: readonly Entry[] = entries;

export function exported(name: ExportedName): MetricKind {
  return metricOf(
    EXPORTED.find((entry) => entry.name === name),
    name,
  );
}

/** A concept of observed servers as it is told. */
export function observedMetric(concept: ConceptName): MetricKind {
  return metricOf(OBSERVED.get(concept), concept);
}

function metricOf(found: MetricKind | undefined, name: string): MetricKind {
  if (found === undefined) throw new Error(`no metric is called ${name}`);
  return found;
}

/** Units of concepts as OpenTelemetry writes them; the rest are things that are counted. */
const UCUM: Readonly<Record<string, string>> = {
  "0 or 1": "1",
  "0 to 1": "1",
  ms: "ms",
  seconds: "s",
  bytes: "By",
  watts: "W",
  MHz: "MHz",
};

const OBSERVED_PREFIX = "plimsoll.observed.";

/** How a concept of observed servers is told, by its name. */
export const OBSERVED: ReadonlyMap<string, NumberKind> = new Map<string, NumberKind>(
  SERVER_CONCEPTS.map(({ name, kind, unit, meaning }) => [
    name,
    { name: `${OBSERVED_PREFIX}${name}`, kind, unit: UCUM[unit] ?? `{${unit}}`, help: `Observed: ${meaning}.` },
  ]),
);

/** Endings that Prometheus wants of a unit. */
const SUFFIXES: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes", USD: "_dollars" };

/** `plimsoll.requests.started` as Prometheus calls it: plimsoll_requests_started_total. */
export function prometheusName({ name, kind, unit }: MetricKind): string {
  const base = name.replaceAll(/[^a-zA-Z0-9]/g, "_");
  const suffix = name.startsWith(OBSERVED_PREFIX) ? "" : (SUFFIXES[unit] ?? "");
  return `${base}${suffix}${kind === "counter" ? "_total" : ""}`;
}
