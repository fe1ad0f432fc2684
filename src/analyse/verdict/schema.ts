import { z } from "zod";

/** `findings.json`: what a run's folder says, beyond its figures. Times in ms from the run's start; loads in the unit told beside them. */
const load = z
  .strictObject({ value: z.number(), low: z.number(), high: z.number() })
  .describe("with its 95 % interval");

const limitLine = z.strictObject({
  /** The threshold's expression, as the plan has it. */
  expression: z.string(),
  holdsUpTo: load
    .optional()
    .describe("the highest load at which it held; absent where it never broke, or broke at once"),
  above: z.number().optional().describe("it held at every load that was tried, up to this one"),
  below: z.number().optional().describe("it was broken already at the least load that was tried, this one"),
  samples: z.int().nonnegative(),
  why: z.string().optional().describe("why nothing can be said, where none of the three is there"),
});

const loadLine = z.strictObject({
  unit: z.enum(["sessions/s", "users"]),
  expected: z.number().optional().describe("the plan's expected peak"),
  tried: z.strictObject({ least: z.number(), most: z.number() }),
  limits: z.array(limitLine),
  safe: load.extend({ limit: z.string() }).optional().describe("the lowest line: the load that all limits allow"),
  knee: load.optional().describe("segmented regression: where the median response time leaves its first slope"),
  scalability: z
    .strictObject({ lambda: load, sigma: load, kappa: load, peak: z.number().optional(), meaning: z.string() })
    .optional()
    .describe("Universal Scalability Law over the stages' loads"),
  saturated: z
    .strictObject({ load: z.number(), from: z.number(), slope: load })
    .optional()
    .describe("requests in flight grew without end at this load: latencies there depend on how long it lasted"),
});

const evidence = z.strictObject({
  measure: z.string().describe("a concept, a metric or an outcome, with its part where it has one"),
  unit: z.string(),
  before: z.number().optional(),
  after: z.number().optional(),
  speaks: z.enum(["for", "against"]),
  test: z.string().optional().describe("the name of the statistical test"),
  p: z.number().optional(),
  effect: z.number().optional(),
  samples: z.int().nonnegative().optional(),
  words: z.string().describe("one sentence"),
});

const advice = z.strictObject({
  do: z.string().describe("begins with a verb"),
  why: z.string(),
  retest: z.string().describe("the run that shows whether it helped"),
  gain: z
    .strictObject({
      measure: z.string(),
      before: z.number(),
      after: z.number(),
      by: z.enum(["simulated", "estimated"]),
    })
    .optional(),
});

export const findingSchema = z.strictObject({
  id: z.string().describe("kind, component and a number: the same in every analysis of the same folder"),
  kind: z.string(),
  severity: z.enum(["high", "medium", "low", "info"]),
  title: z.string().describe("one sentence that a product manager understands"),
  component: z.string(),
  from: z.number(),
  to: z.number(),
  loadAtOnset: z.number().optional(),
  evidence: z.array(evidence),
  confidence: z.number().min(0).max(1),
  advice: z.array(advice),
});

const lack = z.strictObject({ rule: z.string(), needs: z.string(), hint: z.string() });

export const verdictSchema = z.strictObject({
  schema: z.literal("plimsoll/findings/1"),
  run: z.string(),
  verdict: z.strictObject({
    word: z.enum(["go", "no-go", "cannot-tell", "none"]),
    headline: z.string().describe("a sentence with the two numbers that decide"),
    because: z.array(z.string()),
    settle: z.string().optional().describe("the run that would settle it, where it is cannot-tell"),
  }),
  line: loadLine.optional(),
  bottleneck: z
    .strictObject({
      first: z.string().optional().describe("id of the finding that gives way first"),
      runnersUp: z.array(
        z.strictObject({ kind: z.string(), component: z.string(), confidence: z.number(), words: z.string() }),
      ),
      cannotTell: z.string().optional().describe("because ..."),
    })
    .optional(),
  findings: z.array(findingSchema).describe("the gravest first"),
  lacks: z.array(lack).describe("rules that had not what they need, and what would give it to them"),
});

export type Verdict = z.infer<typeof verdictSchema>;
export type LoadLine = z.infer<typeof loadLine>;
export type LimitLine = z.infer<typeof limitLine>;
export type Finding = z.infer<typeof findingSchema>;
export type Evidence = z.infer<typeof evidence>;
export type Advice = z.infer<typeof advice>;
export type Lack = z.infer<typeof lack>;
