import { z } from "zod";

/** `findings.json`: what a run's folder says, beyond its figures. Times in ms from the run's start; loads in the unit told beside them. */
const load = z
  .strictObject({ value: z.number(), low: z.number(), high: z.number() })
  .describe("with its 95 % interval");

const limitLine = z.strictObject({
  /** The threshold's expression, as the plan has it. */
  expression: z.string(),
  holdsUpTo: load
    .extend({ open: z.literal(true).optional().describe("it may hold beyond `high`, the most that was tried") })
    .optional()
    .describe("the highest load at which it held; absent where it never broke, or broke at once"),
  above: z.number().optional().describe("it held at every load that was tried, up to this one"),
  below: z.number().optional().describe("it was broken already at the least load that was tried, this one"),
  doubtful: z
    .number()
    .optional()
    .describe("it was broken at the least load that was tried, this one, but by no more than chance may do"),
  samples: z.int().nonnegative(),
  why: z.string().optional().describe("why nothing can be said, where neither holdsUpTo, above nor below is there"),
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

const price = z.number().nonnegative();
const spent = {
  attempts: z.int().nonnegative(),
  priced: z
    .int()
    .nonnegative()
    .describe("of these, attempts whose tokens are known; the others cost an unknown sum and are in none"),
  total: price,
  perRequest: price.optional().describe("total / priced attempts"),
  perSession: price
    .optional()
    .describe(
      "mean of the sessions that began there, over all of their attempts; without sessions of unknown cost, and those that began so late that the run's end cut them short",
    ),
  perGoodAnswer: price.optional().describe("total / good answers: money for failures and late answers is in it"),
  goodAnswers: z.int().nonnegative(),
  interval: z
    .strictObject({ low: z.number(), high: z.number() })
    .optional()
    .describe("95 % interval of perGoodAnswer, over attempts"),
};
const wasted = z.strictObject({
  why: z.enum(["failed", "abandoned", "retried"]),
  attempts: z.int().nonnegative(),
  tokens: z.int().nonnegative(),
  money: price,
});

const cost = z.strictObject({
  currency: z.literal("USD"),
  prices: z.strictObject({
    input: price,
    cached: price,
    output: price,
    reasoning: price,
    request: price,
    source: z.strictObject({ model: z.string(), date: z.string(), from: z.string() }).optional(),
  }),
  ...spent,
  output: z.int().nonnegative().describe("output tokens that clients got"),
  wasted: z.strictObject({
    share: z.number().min(0).max(1).describe("of the money"),
    tokens: z.int().nonnegative(),
    money: price,
    unseen: z
      .int()
      .nonnegative()
      .optional()
      .describe("output tokens that servers counted beyond those that clients got; absent where none counts them"),
    by: z.array(wasted),
    late: wasted
      .omit({ why: true })
      .describe("answers past one of the plan's limits: not in the waste, but paid for by the good ones"),
  }),
  loads: z
    .array(
      z.strictObject({
        ...spent,
        stages: z.array(z.string()),
        load: z.number(),
        unit: z.enum(["sessions/s", "users"]),
        wastedShare: z.number().min(0).max(1),
        meets: z
          .boolean()
          .optional()
          .describe("whether all limits hold at this load; absent where the load line cannot tell"),
      }),
    )
    .describe("ascending; a ramp is cut into pieces"),
  cheapest: z
    .strictObject({
      load: z.number(),
      unit: z.enum(["sessions/s", "users"]),
      perGoodAnswer: price,
      sure: z.boolean().describe("its interval lies below that of every other load at which all limits hold"),
    })
    .optional()
    .describe("of the loads at which all limits hold"),
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
  cost: cost.optional().describe("absent without prices"),
  findings: z.array(findingSchema).describe("the gravest first"),
  lacks: z.array(lack).describe("rules that had not what they need, and what would give it to them"),
});

export type Verdict = z.infer<typeof verdictSchema>;
export type LoadLine = z.infer<typeof loadLine>;
export type LimitLine = z.infer<typeof limitLine>;
export type Cost = z.infer<typeof cost>;
export type Finding = z.infer<typeof findingSchema>;
export type Evidence = z.infer<typeof evidence>;
export type Advice = z.infer<typeof advice>;
export type Lack = z.infer<typeof lack>;
