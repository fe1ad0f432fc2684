import { type ConceptName, OUTCOMES } from "../../base/index.ts";
import {
  type ExportedName,
  exported,
  type MetricKind,
  observedMetric,
  prometheusName,
  type SpreadName,
} from "./metrics.ts";

/** One panel of the dashboard; queries are PromQL over the metrics of metrics.ts. */
export interface Panel {
  readonly title: string;
  readonly kind: "timeseries" | "state-timeline" | "heatmap";
  /** Columns of 24. */
  readonly width: number;
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly queries: readonly { readonly promql: string; readonly legend: string }[];
  readonly stacked?: true;
  readonly max?: number;
  readonly says: string;
}

export interface PanelRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const RUN = 'plan=~"$plan",run=~"$run"';
const RATE = "$__rate_interval";

/** A metric's series of the chosen runs: `own("plimsoll.latency", 'metric="ttft"')`. */
function own(name: ExportedName, more = ""): string {
  return selector(exported(name), more);
}

function observed(concept: ConceptName): string {
  return selector(observedMetric(concept), "");
}

function selector(metric: MetricKind, more: string): string {
  return `${prometheusName(metric)}{${RUN}${more === "" ? "" : `,${more}`}}`;
}

const rate = (series: string): string => `rate(${series}[${RATE}])`;
/** Concepts that come as a sum and its count. */
type PairStem = Extract<ConceptName, `${string}.count`> extends `${infer Stem}.count` ? Stem : never;

/** What an average of many is over the last while: the growth of its sum by that of its count. */
const mean = (pair: PairStem): string =>
  `sum by (part) (${rate(observed(`${pair}.ms`))}) / sum by (part) (${rate(observed(`${pair}.count`))}) / 1000`;

const ERRORS = OUTCOMES.filter(({ error }) => error)
  .map(({ name }) => name)
  .join("|");
const ended = (more = ""): string => `sum by (run) (${rate(own("plimsoll.requests.ended", more))})`;
const errorShare = `(${ended(`outcome=~"${ERRORS}"`)} or 0 * ${ended()}) / ${ended()}`;

function latency(title: string, metric: string, says: string): Panel {
  return {
    title,
    kind: "timeseries",
    width: 8,
    unit: "s",
    says,
    queries: ["0.5", "0.95", "0.99"].map((quantile) => ({
      promql: own("plimsoll.latency", `metric="${metric}",quantile="${quantile}"`),
      legend: `p${Number(quantile) * 100} {{run}}`,
    })),
  };
}

function heatmap(title: string, name: SpreadName, says: string): Panel {
  const buckets = own(name).replace("{", "_bucket{");
  return {
    title,
    kind: "heatmap",
    width: 12,
    unit: "s",
    says,
    queries: one(`sum by (le) (increase(${buckets}[${RATE}]))`, "{{le}}"),
  };
}

const one = (promql: string, legend: string): Panel["queries"] => [{ promql, legend }];

export const ROWS: readonly PanelRow[] = [
  {
    title: "The run",
    panels: [
      {
        title: "Stage",
        kind: "state-timeline",
        width: 24,
        unit: "none",
        says: "The stages that the run went through.",
        queries: one(own("plimsoll.run.stage"), "{{stage}} ({{kind}})"),
      },
      {
        title: "Load",
        kind: "timeseries",
        width: 8,
        unit: "none",
        says: "Load that the plan asks for, and what came about.",
        queries: [
          { promql: own("plimsoll.load.asked"), legend: "asked, {{unit}}" },
          { promql: own("plimsoll.load.reached"), legend: "reached, {{unit}}" },
        ],
      },
      {
        title: "Requests by outcome",
        kind: "timeseries",
        width: 8,
        unit: "reqps",
        stacked: true,
        says: "How requests ended, a second.",
        queries: one(`sum by (outcome) (${rate(own("plimsoll.requests.ended"))}) > 0`, "{{outcome}}"),
      },
      {
        title: "Errors",
        kind: "timeseries",
        width: 8,
        unit: "percentunit",
        max: 1,
        says: "Share of the requests that ended in an error.",
        queries: one(errorShare, "{{run}}"),
      },
      latency("First token", "ttft", "From the intended send time, last ten seconds."),
      latency("Response", "response", "From the intended send time to the end, last ten seconds."),
      latency("Gap between tokens", "itl", "Gaps between content events of one stream, last ten seconds."),
      heatmap("First token: how many took how long", "plimsoll.ttft", "What the percentiles hide."),
      heatmap("Response: how many took how long", "plimsoll.response", "What the percentiles hide."),
      {
        title: "In flight",
        kind: "timeseries",
        width: 8,
        unit: "none",
        says: "Requests and sessions under way, and connections.",
        queries: [
          { promql: own("plimsoll.requests.in_flight"), legend: "requests {{run}}" },
          { promql: own("plimsoll.sessions.open"), legend: "sessions {{run}}" },
          { promql: own("plimsoll.connections.open"), legend: "connections {{run}}" },
        ],
      },
      {
        title: "Output tokens",
        kind: "timeseries",
        width: 8,
        unit: "none",
        says: "Output tokens a second, last ten seconds.",
        queries: one(own("plimsoll.tokens.rate"), "tokens/s {{run}}"),
      },
      {
        title: "Cost",
        kind: "timeseries",
        width: 8,
        unit: "currencyUSD",
        says: "What the run has cost so far by the plan's prices.",
        queries: one(own("plimsoll.cost"), "{{run}}"),
      },
      {
        title: "Generator: event loops",
        kind: "timeseries",
        width: 8,
        unit: "percentunit",
        max: 1,
        says: "Use of the load workers' event loops. Near 1 the generator limits the result.",
        queries: one(own("plimsoll.generator.loop.utilisation"), "worker {{worker}}"),
      },
      {
        title: "Generator: lateness",
        kind: "timeseries",
        width: 8,
        unit: "s",
        says: "Lateness of the load workers' ticks, p99.",
        queries: one(own("plimsoll.generator.loop.delay"), "worker {{worker}}"),
      },
      {
        title: "Generator: state",
        kind: "state-timeline",
        width: 8,
        unit: "none",
        says: "Whether the generator is well, strained or limits the result.",
        queries: one(`${own("plimsoll.generator.state")} == 1`, "{{state}}"),
      },
    ],
  },
  {
    title: "Servers that the run observes",
    panels: [
      {
        title: "Queued and running",
        kind: "timeseries",
        width: 8,
        unit: "none",
        says: "Requests that wait for a place in a batch, and those in it.",
        queries: [
          { promql: `sum by (part) (${observed("server.queued")})`, legend: "{{part}} queued" },
          { promql: `sum by (part) (${observed("server.running")})`, legend: "{{part}} running" },
        ],
      },
      {
        title: "KV cache in use",
        kind: "timeseries",
        width: 8,
        unit: "percentunit",
        max: 1,
        says: "Share of the KV cache in use, the fullest replica.",
        queries: one(`max by (part) (${observed("server.kv.used")})`, "{{part}}"),
      },
      {
        title: "Preemptions",
        kind: "timeseries",
        width: 8,
        unit: "none",
        says: "Running requests a second that lost their memory and began again.",
        queries: one(`sum by (part) (${rate(observed("server.preempted"))})`, "{{part}}"),
      },
      {
        title: "Where the server's time goes",
        kind: "timeseries",
        width: 8,
        unit: "s",
        says: "Means of the last while, as the server sees them.",
        queries: [
          { promql: mean("server.queue"), legend: "{{part}} queue" },
          { promql: mean("server.prefill"), legend: "{{part}} prefill" },
          { promql: mean("server.decode"), legend: "{{part}} decode" },
        ],
      },
      {
        title: "Stores: time of a query",
        kind: "timeseries",
        width: 8,
        unit: "s",
        says: "Mean time of a query of caches and databases.",
        queries: one(mean("store.query"), "{{part}}"),
      },
      {
        title: "Replicas",
        kind: "timeseries",
        width: 8,
        unit: "none",
        says: "Replicas that take requests, and that there should be.",
        queries: [
          { promql: `sum by (part) (${observed("replicas.ready")})`, legend: "{{part}} ready" },
          { promql: `sum by (part) (${observed("replicas.wanted")})`, legend: "{{part}} wanted" },
        ],
      },
      {
        title: "GPU",
        kind: "timeseries",
        width: 8,
        unit: "percentunit",
        max: 1,
        says: "Share of time in which a kernel ran, and in which memory moved data.",
        queries: [
          { promql: `avg by (part) (${observed("gpu.used")})`, legend: "{{part}} used" },
          { promql: `avg by (part) (${observed("gpu.dram")})`, legend: "{{part}} memory" },
        ],
      },
      {
        title: "CPU",
        kind: "timeseries",
        width: 8,
        unit: "none",
        says: "Cores that observed processes use.",
        queries: one(`sum by (part) (${rate(observed("process.cpu"))})`, "{{part}}"),
      },
      {
        title: "Scrapes",
        kind: "timeseries",
        width: 8,
        unit: "ms",
        says: "How long scrapes took; a slow one may be a sign of its own.",
        queries: one(observed("scrape.ms"), "{{part}}"),
      },
    ],
  },
];
