import type { Warning } from "../../base/index.ts";
import type { SeriesPoint } from "../../record/index.ts";
import type { ExportedName, MetricKind, NumberKind, SpreadName } from "./metrics.ts";

export type Labels = Readonly<Record<string, string>>;

/** One figure of the run's own; counters and distributions are running totals. */
export type ExportedPoint = NumberPoint | SpreadPoint;

export interface NumberPoint {
  readonly name: Exclude<ExportedName, SpreadName>;
  readonly labels?: Labels;
  readonly value: number;
}

export interface SpreadPoint {
  readonly name: SpreadName;
  readonly labels?: Labels;
  readonly spread: Spread;
}

/** A distribution over the buckets of BOUNDS: as many counts, and one for what is beyond; none holds another's. */
export interface Spread {
  readonly counts: readonly number[];
  /** In the metric's unit. */
  readonly sum: number;
}

/** One metric at one time, with the series that it has. */
export type MetricNow = NumbersNow | SpreadsNow;

export interface NumbersNow extends NumberKind {
  readonly series: readonly { readonly labels: Labels; readonly value: number }[];
}

export interface SpreadsNow extends MetricKind {
  readonly kind: "histogram";
  readonly series: readonly { readonly labels: Labels; readonly spread: Spread }[];
}

/** One series as Prometheus has it. */
export interface PrometheusSeries {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** All metrics at one time. */
export interface Snapshot {
  /** ms since 1970. */
  readonly at: number;
  readonly metrics: readonly MetricNow[];
  /** What the snapshot before had and this one has not: a stage that is over, a server that is lost. */
  readonly gone: readonly PrometheusSeries[];
}

/** Which run a snapshot is of: labels of every series in Prometheus, attributes of the resource in OpenTelemetry. */
export interface Identity {
  readonly labels: Labels;
  /** ms since 1970; where counters began. */
  readonly since: number;
  /** Plimsoll's own. */
  readonly version: string;
}

/** Where a run is told to while it lasts. */
export interface Exporter {
  /** Where its scrape endpoint listens. */
  readonly url?: string;
  /** Points of observed servers: the newest of each series is told with the next {@link tell}. */
  observed(points: readonly SeriesPoint[]): void;
  /** Tells the run's own figures, and what was observed. */
  tell(points: readonly ExportedPoint[]): void;
  /** Sends what waits, within bounds, says that the series have ended, and ends. */
  close(): Promise<void>;
}

/** A failure is told once for each place; a run goes on. */
export type OnWarning = (warning: Warning) => void;
