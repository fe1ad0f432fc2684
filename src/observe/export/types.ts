import type { Warning } from "../../base/index.ts";
import type { SeriesPoint } from "../../record/index.ts";
import type { ExportedName, MetricKind } from "./metrics.ts";

export type Labels = Readonly<Record<string, string>>;

/** One figure of the run's own; counters are running totals. */
export interface ExportedPoint {
  readonly name: ExportedName;
  readonly labels?: Labels;
  readonly value: number;
}

/** One metric at one time, with the series that it has. */
export interface MetricNow extends MetricKind {
  readonly series: readonly { readonly labels: Labels; readonly value: number }[];
}

/** All metrics at one time. */
export interface Snapshot {
  /** ms since 1970. */
  readonly at: number;
  readonly metrics: readonly MetricNow[];
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
