import { prometheusName } from "./metrics.ts";
import { prometheusSeries } from "./prometheus-series.ts";
import { ProtobufWriter } from "./protobuf.ts";
import { snappyBlock } from "./snappy.ts";
import type { Identity, Labels, MetricNow, PrometheusSeries, Snapshot } from "./types.ts";

/** The value that ends a series (StaleNaN of prometheus/model/value): one NaN of many, so it is written as bits. */
const STALE = 0x7ff0_0000_0000_0002n;

export const REMOTE_WRITE_HEADERS = {
  "content-type": "application/x-protobuf",
  "content-encoding": "snappy",
  "x-prometheus-remote-write-version": "0.1.0",
} as const;

/** Field numbers of prometheus.WriteRequest and what it holds (Remote-Write 1.0). */
const REQUEST = { timeseries: 1, metadata: 3 } as const;
const SERIES = { labels: 1, samples: 2 } as const;
const LABEL = { name: 1, value: 2 } as const;
const SAMPLE = { value: 1, timestamp: 2 } as const;
const METADATA = { type: 1, family: 2, help: 4 } as const;
const TYPES: Readonly<Record<MetricNow["kind"], number>> = { counter: 1, gauge: 2, histogram: 3 };

/** A snapshot as the body of a Prometheus remote write; what is gone ends, and with `ended` every series does. */
export function remoteWrite({ at, metrics, gone }: Snapshot, { labels }: Identity, ended = false): Uint8Array {
  const request = new ProtobufWriter();
  const write = (series: PrometheusSeries, isOver: boolean): void => {
    request.message(REQUEST.timeseries, (writer) => {
      writeLabels(writer, { ...labels, ...series.labels, __name__: series.name });
      writer.message(SERIES.samples, (sample) => {
        if (isOver) sample.fixed64(SAMPLE.value, STALE);
        else sample.double(SAMPLE.value, series.value);
        sample.int64(SAMPLE.timestamp, BigInt(at));
      });
    });
  };
  for (const series of metrics.flatMap(prometheusSeries)) write(series, ended);
  // The last word repeats the newest snapshot, which has told what went.
  if (!ended) for (const series of gone) write(series, true);
  for (const metric of metrics) {
    request.message(REQUEST.metadata, (writer) => {
      writer.uint(METADATA.type, TYPES[metric.kind]);
      writer.text(METADATA.family, prometheusName(metric));
      writer.text(METADATA.help, metric.help);
    });
  }
  return snappyBlock(request.end());
}

/** Sorted by name, as the protocol demands; an empty value is the same as no label. */
function writeLabels(writer: ProtobufWriter, labels: Labels): void {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of sorted) {
    if (value === "") continue;
    writer.message(SERIES.labels, (label) => label.text(LABEL.name, name).text(LABEL.value, value));
  }
}
