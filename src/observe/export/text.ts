import { labelText } from "../mapping/labels.ts";
import { prometheusName } from "./metrics.ts";
import { prometheusSeries } from "./prometheus-series.ts";
import type { Identity, Snapshot } from "./types.ts";

export const TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A snapshot as a Prometheus text page. */
export function prometheusText({ metrics }: Snapshot, { labels }: Identity): string {
  return metrics
    .map((metric) => {
      const name = prometheusName(metric);
      const lines = prometheusSeries(metric).map(
        (series) => `${series.name}${labelText(Object.entries({ ...labels, ...series.labels }))} ${series.value}\n`,
      );
      return `# HELP ${name} ${metric.help}\n# TYPE ${name} ${metric.kind}\n${lines.join("")}`;
    })
    .join("");
}
