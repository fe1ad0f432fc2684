import { GENERATOR_BOUNDS, MEASURES } from "../../src/analyse/index.ts";
import { METRICS, type MetricEntry, OUTCOMES, PERCENTILES, SERVER_CONCEPTS } from "../../src/base/index.ts";
import { EXPORTED, OBSERVE_EVENTS, prometheusName, SERVERS } from "../../src/observe/index.ts";
import { SERIES } from "../../src/record/index.ts";
import { carries } from "../../src/stats/index.ts";
import { page, table } from "./table.ts";

function counts(metric: MetricEntry): string {
  if (metric.counts === "gaps") return "every gap of every stream";
  const own =
    metric.counts === "answered" ? "attempts whose outcome is an answer" : "every attempt that has both stamps";
  return metric.censoring ? `${own}; attempts that ended while still waiting, with the wait so far` : own;
}

function fewest(p: number): number {
  let n = 1;
  while (!carries(n, p)) n++;
  return n;
}

function recognised(): string {
  return [...new Set(SERVERS.map(({ title }) => title))].sort((a, b) => a.localeCompare(b, "en")).join(", ");
}

/** docs/METRICS.md */
export function metricsPage(): string {
  return page(
    "src/base/metrics.ts, src/base/outcomes.ts, src/analyse/measures.ts, src/analyse/bounds.ts, src/record/series-names.ts, src/base/server-concepts.ts, src/observe/servers, src/observe/export/metrics.ts",
    [
      "# Metrics",
      "Every figure of a summary and of a threshold: what it is, its unit, where it comes from, and which samples count. Times are milliseconds on one monotonic clock, from the client's side.",
      "## Latency",
      "`<metric>.<aggregate>` in a threshold; aggregates are `min`, `mean`, `max` and percentiles (`p50`, `p95`, `p99.9`, ...).",
      table(
        ["metric", "is", "formula", "unit", "which samples count", "source"],
        METRICS.map((metric) => [
          `\`${metric.name}\``,
          metric.title,
          metric.formula,
          "ms",
          counts(metric),
          metric.source,
        ]),
      ),
      [
        "Percentiles are exact nearest ranks over all samples (`itl`: over merged histograms, where the minimum, mean and maximum are those of bucket middles too); no percentile is ever averaged.",
        "A percentile is left out where its samples cannot carry it: the upper end of its 95 % interval, `n p + 1.96 sqrt(n p (1 - p))`, must be a rank within n.",
        `The fewest samples are: ${Object.entries(PERCENTILES)
          .map(([name, p]) => `${name} ${fewest(p)}`)
          .join(", ")}.`,
        "A threshold on a percentile that is left out does not hold.",
      ].join("\n"),
      [
        "**Still waiting.** An attempt that ended while it still waited (a timeout, a stall, a user who left, the run's end) is not missing: it counts with the wait so far, in `censored`, and",
        "`atLeast` names the figures that it could raise. Such a figure is a lower bound: a threshold `<` on it holds only if it would hold had none of those attempts ever ended.",
      ].join("\n"),
      "## Other measures",
      table(
        ["measure", "formula", "unit", "which samples count", "source"],
        MEASURES.map(({ name, formula, unit, counts: which, source }) => [`\`${name}\``, formula, unit, which, source]),
      ),
      "The duration of a rate is the time that its stages really ran (a run that was stopped did not run its last stage whole); of the whole run and of a persona, all stages. A threshold without data does not hold. `baseline` in a threshold is the same figure in the first stage of kind `baseline`, else of kind `rest`.",
      "## Outcomes",
      table(
        ["outcome", "an answer", "an error", "still waiting", "meaning"],
        OUTCOMES.map(({ name, answered, error, censored, meaning }) => [
          `\`${name}\``,
          ...[answered, error, censored].map((is) => (is ? "yes" : "")),
          meaning,
        ]),
      ),
      "## The generator's own health",
      "Beyond any of these bounds the generator limited the result: `generator.limited` is true, `generator.why` gives the measured number, the verdict is withheld (`cannot-tell`) and the exit code is 120. A rule without its inputs (no rest stage, no percentile that the samples carry) says nothing.",
      table(
        ["bound", "limited when"],
        Object.entries(GENERATOR_BOUNDS).map(([name, { meaning }]) => [name, meaning]),
      ),
      table(
        ["in the summary", "formula", "unit", "source"],
        [
          ["`generator.startLag`", "as the metric `startLag` over the whole run", "ms", "samples"],
          [
            "`generator.loopDelay`",
            "p50: median over all worker-seconds of each second's p50; p99: their 95th percentile of each second's p99; max: the largest",
            "ms",
            "series `generator.loop.delay.*`",
          ],
          ["`generator.cpu`", "worst and mean of the worker-seconds", "0 to 1", "series `generator.loop.utilisation`"],
          ["`generator.noiseFloor`", "the worst worker's", "ms", "series `generator.noise.*`"],
          [
            "`generator.sharedReads`",
            "content events beyond the first of their socket read / events; `atRest`: the same in stages of kind rest",
            "ratio",
            "samples",
          ],
          [
            "`generator.delivered`",
            "sessions that the generator had ready in their time / sessions asked for, open stages",
            "ratio",
            "series `sessions.due`, `sessions.asked`",
          ],
        ],
      ),
      "Series that a run writes of itself each second:",
      table(
        ["series", "labels", "kind", "unit", "meaning"],
        SERIES.map(({ name, labels, kind, unit, meaning }) => [`\`${name}\``, labels.join(", "), kind, unit, meaning]),
      ),
      "## Observed servers",
      [
        `Series of what the plan observes (\`observe\`), by one name whatever the server calls it. Recognised are ${recognised()}. Labels: \`part\` (the source's name in the plan, else its host and port),`,
        "`server` (its kind), and `replica` where a source tells of several. A point is written at every scrape that told the value; the first lies before the run's start and the last after its end. Counters are recorded as the",
        "server tells them, and an event of kind `observe` named `reset` says when one began again. `over replicas` is how several replicas become one figure.",
      ].join("\n"),
      table(
        ["series", "kind", "unit", "over replicas", "meaning"],
        SERVER_CONCEPTS.map(({ name, kind, unit, fold, meaning }) => [`\`${name}\``, kind, unit, fold, meaning]),
      ),
      [
        "A series `<what>.ms` is the sum of times and `<what>.count` their number: the growth of the first over that of the second is the mean in between. Buckets of histograms, and whatever no table knows, keep their own name behind `raw.`",
        "(with the label `part` added) and are written when they change; a source may have 2,000 such series, and an event says when some were left out.",
      ].join("\n"),
      "Events of kind `observe` tell `part` (the source) and `where` (its URL without secrets, its port or pid), and more as below:",
      table(
        ["event", "meaning"],
        OBSERVE_EVENTS.map(({ name, meaning }) => [`\`${name}\``, meaning]),
      ),
      "## Told while a run lasts",
      [
        "A plan's `export` tells these once a second: to a receiver of Prometheus remote write (`remoteWrite`), to one of OpenTelemetry metrics over HTTP (`otlp`), and on a page at `/metrics` (`listen`, or",
        "`--metrics-port`). Every series has the labels `plan` and `run` and those of `export.labels`; in OpenTelemetry they are attributes of the resource, and `run` is `service.instance.id`. A place that takes nothing is a",
        "warning, never the end of a run: a minute of figures waits for it. `plimsoll schema grafana` prints a dashboard of them.",
      ].join("\n"),
      table(
        ["in Prometheus", "in OpenTelemetry", "kind", "unit", "meaning"],
        EXPORTED.map((metric) => [
          `\`${prometheusName(metric)}\``,
          `\`${metric.name}\``,
          metric.kind,
          metric.unit,
          metric.help,
        ]),
      ),
      "What is observed is told too, as `plimsoll.observed.` and the name above: `server.queue.ms` is `plimsoll_observed_server_queue_ms_total` in Prometheus, in its own unit.",
    ],
  );
}
