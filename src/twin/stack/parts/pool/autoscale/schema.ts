import { z } from "zod";
import { count, quantity, spread } from "../../../fields.ts";

const SECOND = 1000;
/** ms; Kubernetes' terminationGracePeriodSeconds. */
export const GRACE = 30 * SECOND;

const rules = (title: string, window: { readonly ms: number; readonly written: string }, pods: number) =>
  z
    .strictObject({
      window: quantity(
        "duration",
        "Window",
        "Stabilisation: the most cautious recommendation in it wins.",
        "zero",
      ).default(window.ms),
      pods: count("Pods", `Most replicas a period. Default: ${pods}.`, 0, 100_000).default(pods),
      percent: z.number().min(0).max(100_000).default(100).meta({
        title: "Percent",
        description: "Most change a period, in per cent; the larger of the two counts. Default: 100.",
      }),
      period: quantity("duration", "Period", "Default: 15s.").default(15 * SECOND),
    })
    .prefault({})
    .meta({ title, description: `How fast. Window by default: ${window.written}.` });

/** Signals that replicas report. */
export const SIGNALS = ["queue", "running", "kv", "rate"] as const;
export type Signal = (typeof SIGNALS)[number];

export const coldStartSchema = z
  .strictObject({
    node: spread("Node", "Getting a machine.").optional(),
    image: spread("Image", "Pulling the container image.").optional(),
    weights: spread("Weights", "Fetching and loading the weights.").optional(),
    init: spread("Init", "The engine's own start: compilation, graphs, profiling.").optional(),
  })
  .meta({ title: "Cold start", description: "What a new replica goes through. Default: the preset's times." });

/** Kubernetes' HorizontalPodAutoscaler; the defaults are its own. */
export const autoscaleSchema = z
  .strictObject({
    min: count("Least", "Fewest replicas.", 1, 10_000),
    max: count("Most", "Most replicas.", 1, 10_000),
    metric: z.enum(SIGNALS).meta({
      title: "Metric",
      description:
        "Signal a replica: queue (waiting calls), running, kv (share of blocks in use), rate (calls a second over the last minute).",
    }),
    target: z.number().positive().max(1e9).meta({
      title: "Target",
      description:
        "Of the metric, a replica: as an External metric's AverageValue, so that replicas which start count as idle.",
    }),
    tolerance: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .meta({ title: "Tolerance", description: "Nothing happens within it. Default: 0.1." }),
    scrape: quantity("duration", "Scrape", "How often the metric is read. Default: 15s.").default(15 * SECOND),
    delay: quantity("duration", "Delay", "How much later it can be seen. Default: 0s.", "zero").default(0),
    sync: quantity("duration", "Sync", "How often the autoscaler looks. Default: 15s.").default(15 * SECOND),
    up: rules("Up", { ms: 0, written: "0s" }, 4),
    down: rules("Down", { ms: 300 * SECOND, written: "5m" }, 0),
    coldStart: coldStartSchema.optional(),
    warm: count("Warm", "Machines that wait with the image pulled. Default: 0.", 0, 10_000).default(0),
    grace: quantity(
      "duration",
      "Grace",
      "How long a replica that goes may finish its calls before they break. Default: 30s, as Kubernetes.",
      "zero",
    ).default(GRACE),
  })
  .meta({ title: "Autoscaler", description: "Adds and removes replicas as Kubernetes' HorizontalPodAutoscaler does." });

export type AutoscaleSpec = z.output<typeof autoscaleSchema>;
