import { z } from "zod";
import { behaviourFields } from "./behaviour.ts";
import { tokens, turns } from "./distribution.ts";
import { feedsSchema } from "./feeds.ts";
import { count, quantity, text } from "./fields.ts";
import { promptsSchema } from "./prompts.ts";
import { failoverSchema, regionsSchema } from "./regions.ts";

export const personaSchema = z
  .strictObject({
    name: text("Name", "Name of this kind of user: letters, digits, `-`, `_` and `.`.", 64),
    weight: z
      .number()
      .positive()
      .max(1e9)
      .meta({ title: "Weight", description: "Share among the personas. Default: 1." })
      .optional(),
    prompts: promptsSchema.optional(),
    system: text("System prompt", "System prompt of every session.", 1_000_000).optional(),
    turns: turns(
      "Turns",
      "Turns a session. Default: as many as the prompt has, which is 1 but for conversations.",
    ).optional(),
    ...behaviourFields,
    maxTokens: tokens(
      "Most output tokens",
      "Output tokens to ask for at most. Default: the server's own limit.",
    ).optional(),
  })
  .meta({ title: "Persona", description: "A kind of user." });

/** Traffic in numbers that ships with the product; `data/traffic-presets.json` holds it. */
export const TRAFFIC_PRESETS = [
  "steady-chat",
  "bursty-code",
  "long-context-chat",
  "reasoning",
  "agent-tools",
  "rag",
  "multi-tenant-skew",
  "diurnal-week",
] as const;

export const ARRIVAL_PROCESSES = ["constant", "poisson", "gamma", "weibull"] as const;

export const arrivalsSchema = z
  .strictObject({
    process: z
      .enum(ARRIVAL_PROCESSES)
      .meta({ title: "Process", description: "How sessions arrive in open stages. Default: poisson." })
      .optional(),
    cv: z
      .number()
      .positive()
      .max(20)
      .meta({
        title: "CV",
        description: "gamma, weibull: coefficient of variation of the gaps; 1 is as random as Poisson.",
      })
      .optional(),
    shape: z
      .number()
      .min(0.2)
      .max(100)
      .meta({ title: "Shape", description: "weibull: the shape parameter, in place of cv; 1 is Poisson." })
      .optional(),
    bursts: z
      .strictObject({
        factor: z
          .number()
          .gt(1)
          .max(1000)
          .meta({ title: "Factor", description: "How much higher the rate is in a burst than between two." }),
        for: quantity("duration", "For", "Mean length of a burst."),
        every: quantity("duration", "Every", "Mean time from one burst to the next."),
      })
      .meta({
        title: "Bursts",
        description: "Times at which everybody comes at once, at random; the mean rate stays what the stages say.",
      })
      .optional(),
  })
  .meta({ title: "Arrivals", description: "The arrival process of open stages." });

export const workloadSchema = z
  .strictObject({
    preset: z
      .string()
      .min(1)
      .meta({
        title: "Preset",
        description: `Arrivals and lengths of recorded traffic: ${TRAFFIC_PRESETS.join(", ")}. What the plan writes beside it goes first.`,
        samples: [...TRAFFIC_PRESETS],
      })
      .optional(),
    personas: z
      .array(personaSchema)
      .min(1)
      .meta({ title: "Personas", description: "Kinds of users. Default: one, `user`, that asks from the mixed set." })
      .optional(),
    arrivals: arrivalsSchema.optional(),
    tenants: z
      .strictObject({
        count: count("Count", "How many there are.", 1, 1_000_000),
        exponent: z
          .number()
          .min(0)
          .max(10)
          .meta({
            title: "Exponent",
            description: "The k-th has a share in proportion to 1/k^exponent; 0: all the same. Default: 1.",
          })
          .optional(),
      })
      .meta({
        title: "Tenants",
        description: "Whose users they are: named tenant-1, tenant-2, ..., {{tenant}} in a request.",
      })
      .optional(),
    regions: regionsSchema.optional(),
    failover: failoverSchema.optional(),
    feeds: feedsSchema.optional(),
    maxUsers: count(
      "Most users",
      "Sessions at once in open stages; a session beyond waits, and the wait counts. Default: no limit.",
    ).optional(),
  })
  .meta({ title: "Workload", description: "Who asks, what, and when." });
