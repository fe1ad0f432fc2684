import { z } from "zod";
import { count, quantity, spread } from "../../../fields.ts";

const rules = (title: string, defaults: { window: string; pods: number; percent: number }) =>
  z
    .strictObject({
      window: quantity(
        "duration",
        "Window",
        "Stabilisation: the most cautious recommendation in it wins.",
        "zero",
      ).optional(),
      pods: count("Pods", `Most replicas a period. Default: ${defaults.pods}.`, 0, 100_000).optional(),
      percent: z
        .number()
        .min(0)
        .max(100_000)
        .meta({
          title: "Percent",
          description: `Most change a period, in per cent; the larger of the two counts. Default: ${defaults.percent}.`,
        })
        .optional(),
      period: quantity("duration", "Period", "Default: 15s.").optional(),
    })
    .meta({ title, description: `How fast. Window by default: ${defaults.window}.` });

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
    target: z.number().positive().max(1e9).meta({ title: "Target", description: "Of the metric, a replica." }),
    tolerance: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .meta({ title: "Tolerance", description: "Nothing happens within it. Default: 0.1." }),
    scrape: quantity("duration", "Scrape", "How often the metric is read. Default: 15s.").optional(),
    delay: quantity("duration", "Delay", "How much later it can be seen. Default: 0s.", "zero").optional(),
    sync: quantity("duration", "Sync", "How often the autoscaler looks. Default: 15s.").optional(),
    up: rules("Up", { window: "0s", pods: 4, percent: 100 }).optional(),
    down: rules("Down", { window: "5m", pods: 0, percent: 100 }).optional(),
    coldStart: coldStartSchema.optional(),
    warm: count("Warm", "Machines that wait with the image pulled. Default: 0.", 0, 10_000).default(0),
    grace: quantity(
      "duration",
      "Grace",
      "How long a replica that goes may finish its calls before they break. Default: 30s, as Kubernetes.",
      "zero",
    ).optional(),
  })
  .meta({ title: "Autoscaler", description: "Adds and removes replicas as Kubernetes' HorizontalPodAutoscaler does." });

export type AutoscaleSpec = z.output<typeof autoscaleSchema>;
