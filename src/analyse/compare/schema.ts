import { z } from "zod";

/** What `compare --json` prints. Times in ms, rates per second, money in dollars. */
const run = z.strictObject({
  id: z.string(),
  folder: z.string(),
  startedAt: z.iso.datetime(),
  seed: z.int(),
});

const difference = z.strictObject({
  path: z.string().describe("in plan.json"),
  before: z.string().optional().describe("as JSON; absent: not there"),
  after: z.string().optional(),
  matters: z.boolean().describe("true: the runs did not ask the same, so their figures are no comparison"),
});

const WORDS = ["worse", "better", "same", "cannot-tell"] as const;

const figure = z.strictObject({
  stage: z.string(),
  metric: z.string(),
  unit: z.string(),
  before: z.number().optional().describe("of a history: the geometric mean of its runs"),
  after: z.number().optional(),
  change: z
    .strictObject({ value: z.number(), low: z.number(), high: z.number() })
    .optional()
    .describe("after / before - 1, of shares after - before; with its 95 % interval"),
  absolute: z.boolean().describe("the change is a difference of shares, not a ratio"),
  worseIs: z.enum(["more", "less", "either"]).describe("either: a change is worse whichever way it goes"),
  word: z.enum(WORDS),
  why: z.string().optional().describe("why it cannot be told"),
  p: z.number().optional().describe("two-sided, adjusted for all figures of the comparison (Holm)"),
  superiority: z
    .number()
    .optional()
    .describe("share of pairs of time blocks in which the later run has more (Mann-Whitney)"),
  noise: z
    .enum(["within", "between"])
    .optional()
    .describe("error from the blocks of the runs, or from the spread of the history's runs"),
  blocks: z.int().nonnegative(),
  samples: z.strictObject({ before: z.int().nonnegative(), after: z.int().nonnegative() }),
});

const comparisonSchema = z.strictObject({
  schema: z.literal("plimsoll/compare/1"),
  before: z.array(run).describe("the run that is compared with, or the history, the oldest first"),
  after: run,
  within: z.number().describe("a change of at most this share is called the same"),
  word: z.enum(WORDS),
  headline: z.string(),
  differences: z.array(difference),
  figures: z.array(figure),
  notes: z.array(z.string()),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type ComparedFigure = Comparison["figures"][number];
export type PlanDifference = z.infer<typeof difference>;
export type ComparisonWord = Comparison["word"];

/** The published JSON Schema (2020-12). */
export function comparisonJsonSchema(): object {
  return {
    ...z.toJSONSchema(comparisonSchema),
    title: "Plimsoll comparison",
    description:
      "A run compared with another or with a history: what `compare --json` prints. Times in ms, money in dollars.",
  };
}
