/** What `# TYPE` says; `unknown` where nothing says it (`untyped` in Prometheus text). */
export type FamilyType =
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "info"
  | "stateset"
  | "unknown";

/** What a sample is in its family, by the family's type and never by its suffix alone. */
export type SamplePart = "value" | "sum" | "count" | "bucket" | "quantile" | "created";

/** One line of an exposition. */
export interface Sample {
  /** As on the wire: `http_requests_total`, `latency_seconds_bucket`. */
  readonly name: string;
  /** The metric family: `latency_seconds`; the sample's own name where no `# TYPE` came before. */
  readonly family: string;
  readonly type: FamilyType;
  readonly part: SamplePart;
  readonly labels: ReadonlyMap<string, string>;
  /** NaN and infinities included, as the server tells them. */
  readonly value: number;
}
