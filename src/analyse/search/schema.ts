import { z } from "zod";

/** `find.json`: what a search tried, and the load that it found. Times in ms; loads in `unit`. */
const interval = z
  .strictObject({ value: z.number(), low: z.number(), high: z.number() })
  .describe("with its 95 % interval");

const limitSeen = z.strictObject({
  expression: z.string(),
  observed: z.number().optional().describe("share of the attempts beyond the limit, or the mean; absent: not measured"),
  allowed: z.number().describe("the same as the threshold allows it"),
  margin: z
    .number()
    .optional()
    .describe("log odds of observed less those of allowed, or log of their ratio; below 0 it holds"),
  error: z.number().optional().describe("standard error of margin, by batch means over time"),
  samples: z.number().nonnegative(),
});

const probe = z.strictObject({
  load: z.number(),
  seed: z.int().describe("of the plan: each probe draws users of its own"),
  why: z.enum(["grow", "shrink", "bisect", "confirm"]),
  run: z.string().describe("its run folder, beside this file"),
  word: z.enum(["holds", "breaks", "doubtful", "unusable"]),
  ended: z
    .enum(["clear", "saturated", "full", "cut"])
    .describe(
      "early because it was clear or its queue grew without end; after its full time; or by something else, told in `because`",
    ),
  because: z.string().optional(),
  measured: z.number().describe("ms that were measured, after the warm-up"),
  attempts: z.int().nonnegative(),
  limits: z.array(limitSeen),
});

const foundSchema = z.strictObject({
  schema: z.literal("plimsoll/find/1"),
  name: z.string(),
  plan: z.strictObject({ hash: z.string(), seed: z.int() }),
  startedAt: z.iso.datetime(),
  simulated: z.strictObject({ stack: z.string(), hash: z.string(), seed: z.int() }).optional(),
  vary: z.enum(["rate", "users", "prompt-tokens", "max-tokens", "turns"]),
  unit: z.string(),
  at: z
    .strictObject({ value: z.number(), unit: z.enum(["sessions/s", "users"]) })
    .optional()
    .describe("the load of every probe, where it is not what varies"),
  within: z.number().describe("share of the load to which the answer was asked for"),
  tried: z.strictObject({ most: z.int(), from: z.number(), least: z.number(), greatest: z.number() }),
  probeTime: z.strictObject({ warmUp: z.number(), least: z.number(), most: z.number() }),
  probes: z.array(probe),
  leftOut: z
    .array(z.strictObject({ expression: z.string(), why: z.string() }))
    .describe("thresholds that no load breaks"),
  answer: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("crossed"),
      load: interval,
      limit: z.string().describe("the threshold that is reached first"),
    }),
    z.strictObject({
      kind: z.literal("above"),
      load: z.number().describe("every limit held up to here, beyond doubt"),
    }),
    z.strictObject({ kind: z.literal("below"), load: z.number().describe("broken here already, beyond doubt") }),
    z.strictObject({ kind: z.literal("nothing") }),
  ]),
  ended: z.strictObject({
    why: z.enum(["precise", "most", "least", "probes", "budget", "interrupted", "generator"]),
    words: z.string(),
  }),
  exitCode: z.int(),
});

export type Found = z.infer<typeof foundSchema>;
export type FoundProbe = Found["probes"][number];
export type Dimension = Found["vary"];

/** The published JSON Schema (2020-12). */
export function foundJsonSchema(): object {
  return {
    ...z.toJSONSchema(foundSchema),
    title: "Plimsoll search",
    description:
      "The load that a search found, and what it tried: `find.json`, and what `find --json` prints. Times in ms; loads in `unit`.",
  };
}
