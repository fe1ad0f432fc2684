import { z } from "zod";
import { METRIC_NAMES, OUTCOME_NAMES } from "../base/index.ts";

/** `summary.json`: the published shape of a run's result. Times in ms, rates per second, money in dollars. */
const count = z.int().nonnegative();

const metric = z
  .strictObject({
    n: count,
    min: z.number().optional(),
    mean: z.number().optional(),
    p50: z.number().optional(),
    p90: z.number().optional(),
    p95: z.number().optional(),
    p99: z.number().optional(),
    p999: z.number().optional(),
    max: z.number().optional(),
    /** How many of n were still waiting when they ended; they count with the wait so far. */
    censored: count.optional(),
    /** The figures above that are only known to be at least so large, because censored attempts reach into them. */
    atLeast: z.array(z.string()).optional(),
  })
  .describe("A latency in ms. A percentile that n cannot carry is absent, never zero.");

export const groupSchema = z.strictObject({
  sessions: count.describe("sessions that started"),
  attempts: count,
  outcomes: z.partialRecord(z.enum(OUTCOME_NAMES), count),
  metrics: z.partialRecord(z.enum(METRIC_NAMES), metric),
  rates: z.strictObject({
    asked: z.number().optional().describe("sessions a second that the plan asked for; absent in a closed stage"),
    started: z.number().describe("sessions a second that started"),
    completed: z.number().describe("answers a second"),
    goodput: z.number().describe("answers a second that met every per-answer limit of the plan's SLOs"),
  }),
  tokens: z.strictObject({
    input: count.optional(),
    cached: count.optional(),
    output: count.optional(),
    reasoning: count.optional(),
    source: z.enum(["server", "tokenizer", "mixed"]).optional(),
  }),
  cost: z
    .strictObject({
      total: z.number(),
      perAnswer: z.number().optional(),
      perGoodAnswer: z.number().optional(),
    })
    .optional(),
});

const gauge = z.strictObject({
  least: z.number(),
  mean: z.number().describe("over all looks"),
  greatest: z.number(),
  greatestAt: z.number().describe("ms from the run's start to the first look at which it was so great"),
  last: z.number().describe("at the run's end; of replicas the greatest"),
});

const stackPart = z.strictObject({
  part: z.string(),
  kind: z.string().optional(),
  gauges: z
    .record(z.string(), gauge)
    .describe(
      "by name, each looked at once a virtual second: queue, running, replicas in counts, kv.used from 0 to 1; what only replicas have is over all of them",
    ),
  counters: z
    .record(z.string(), z.number())
    .describe("by name, counted over the whole run; what only replicas count is their sum"),
});

export const summarySchema = z.strictObject({
  schema: z.literal("plimsoll/summary/1"),
  run: z.strictObject({
    id: z.string(),
    folder: z.string(),
    startedAt: z.iso.datetime(),
    duration: z.number().describe("ms from the run's start to the last attempt's end"),
    complete: z.boolean().describe("false when the folder is of a run that was killed"),
    plimsoll: z.string(),
    distant: z
      .array(z.string())
      .optional()
      .describe("regions whose round trips the client added to each request, as the plan says; absent: none"),
    simulated: z
      .strictObject({ stack: z.string(), hash: z.string(), seed: z.int(), weaknesses: z.array(z.string()) })
      .optional()
      .describe("the stack that answered in virtual time; absent for a run against a real target"),
  }),
  plan: z.strictObject({ name: z.string(), hash: z.string(), seed: z.int() }),
  verdict: z.enum(["pass", "fail", "cannot-tell", "none"]),
  exitCode: z.int(),
  reasons: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  thresholds: z.array(
    z.strictObject({
      expression: z.string(),
      observed: z.number().optional(),
      held: z.boolean(),
      samples: count,
      unit: z.string(),
      why: z.string().optional().describe("why it could not be judged or did not hold"),
    }),
  ),
  total: groupSchema,
  stages: z.array(groupSchema.extend({ name: z.string(), kind: z.string(), from: z.number(), duration: z.number() })),
  personas: z.array(groupSchema.extend({ name: z.string() })),
  generator: z.strictObject({
    limited: z.boolean(),
    why: z.array(z.string()),
    startLag: metric,
    loopDelay: z.strictObject({ p50: z.number(), p99: z.number(), max: z.number() }).optional(),
    cpu: z
      .strictObject({
        worst: z.number().describe("highest one-second utilisation of a worker's event loop, 0 to 1"),
        mean: z.number(),
      })
      .optional(),
    noiseFloor: z
      .strictObject({ p50: z.number(), p99: z.number() })
      .optional()
      .describe("error of a stamp on this machine at rest, ms"),
    sharedReads: z.strictObject({ share: z.number(), atRest: z.number().optional() }).optional(),
    hooks: z
      .strictObject({ calls: z.number(), time: z.number(), slowest: z.number() })
      .optional()
      .describe("the plan's hooks: calls, ms that all of them took, ms of the slowest"),
    delivered: z.number().optional().describe("sessions started / asked, open stages"),
  }),
  stack: z
    .array(stackPart)
    .optional()
    .describe(
      "what each part of a simulated stack went through, in the stack's order; absent for a run against a real target",
    ),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() })),
});

export type Summary = z.infer<typeof summarySchema>;
export type Group = z.infer<typeof groupSchema>;
export type StackPart = z.infer<typeof stackPart>;
export type GaugeSummary = z.infer<typeof gauge>;
export type MetricSummary = z.infer<typeof metric>;
