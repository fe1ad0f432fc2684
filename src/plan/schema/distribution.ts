import { z } from "zod";
import type { Distribution } from "../types.ts";
import { type Issuer, quantity, refuse, text } from "./fields.ts";

/** Of a log-normal whose sigma the plan leaves out: human pauses spread about this much. */
export const DEFAULT_SIGMA = 0.8;

const sigma = z
  .number()
  .positive()
  .max(5)
  .optional()
  .meta({
    title: "Sigma",
    description: `Standard deviation of the logarithm. Default: ${DEFAULT_SIGMA}.`,
  });

function ordered(min: number | undefined, max: number | undefined, ctx: Issuer): boolean {
  if (min === undefined || max === undefined || min <= max) return true;
  refuse(ctx, { code: "PLAN_RANGE", message: "min is above max", hint: "Swap min and max." });
  return false;
}

/** Only what is written: an absent bound is no bound. */
function bounds(min: number | undefined, max: number | undefined): { min?: number; max?: number } {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

const time = (title: string, description: string, zero: "zero" | "positive" = "positive") =>
  quantity("duration", title, description, zero);

const whole = (title: string, description: string) => z.int().min(1).max(10_000_000).meta({ title, description });

const cv = z
  .number()
  .positive()
  .max(20)
  .meta({ title: "CV", description: "Standard deviation by the mean: 1 is exponential, above 1 has a longer tail." });

const alpha = z.number().positive().max(100).meta({
  title: "Alpha",
  description: "Tail index: P(X > x) = (min / x)^alpha. At 1 and below there is no mean unless max is named.",
});

const TRUNCATED = "Where min or max is named, draws lie between them as the distribution does there.";

/** A value of the distribution in its unit, as each form names it. */
type ValueOf = (title: string, description: string) => z.ZodType<number>;

/** The forms that times and counts share; `least` may be zero where a value may. */
function forms(value: ValueOf, least: ValueOf) {
  const min = least("Least", "Draws lie at or above it.").optional();
  const max = value("Most", "Draws lie at or below it.").optional();
  return {
    lognormal: z
      .strictObject({
        median: value("Median", "Half of the draws are lower, before min and max cut."),
        sigma,
        min,
        max,
      })
      .transform(
        ({ median, sigma, min, max }, ctx): Distribution =>
          ordered(min, max, ctx)
            ? { kind: "lognormal", median, sigma: sigma ?? DEFAULT_SIGMA, ...bounds(min, max) }
            : z.NEVER,
      )
      .meta({ title: "Log-normal", description: `Log-normal, as human pauses and lengths of texts are. ${TRUNCATED}` }),
    uniform: z
      .strictObject({ min: least("Least", "The lowest."), max: value("Most", "The highest.") })
      .transform(
        ({ min, max }, ctx): Distribution => (ordered(min, max, ctx) ? { kind: "uniform", min, max } : z.NEVER),
      )
      .meta({ title: "Uniform", description: "Anything between two is as likely." }),
    gamma: z
      .strictObject({ mean: value("Mean", "Mean of the gamma distribution, before min and max cut."), cv, min, max })
      .transform(
        ({ mean, cv, min, max }, ctx): Distribution =>
          ordered(min, max, ctx) ? { kind: "gamma", mean, cv, ...bounds(min, max) } : z.NEVER,
      )
      .meta({ title: "Gamma", description: `Gamma, by its mean and its spread. ${TRUNCATED}` }),
    pareto: z
      .strictObject({ min: value("Least", "The lowest, and the most frequent."), alpha, max })
      .transform(
        ({ min, alpha, max }, ctx): Distribution =>
          ordered(min, max, ctx) ? { kind: "pareto", min, alpha, ...(max === undefined ? {} : { max }) } : z.NEVER,
      )
      .meta({ title: "Pareto", description: "Pareto: few are very large. A max truncates it." }),
    quantiles: z
      .strictObject({
        quantiles: z
          .record(z.string().regex(/^p(\d{1,2}(\.\d+)?|100)$/), least("Value", "Value of this percentile."))
          .meta({
            title: "Quantiles",
            description:
              "Measured percentiles from the lowest to the highest: `p0: 3, p50: 1469, p99: 7436, p100: 8000`.",
          }),
      })
      .transform(({ quantiles }, ctx): Distribution => quantilesOf(quantiles, ctx))
      .meta({ title: "Quantiles", description: "Measured percentiles, straight lines between them." }),
  };
}

function quantilesOf(written: Readonly<Record<string, number>>, ctx: Issuer): Distribution {
  const points = Object.entries(written)
    .map(([name, value]): readonly [number, number] => [Number(name.slice(1)) / 100, value])
    .sort(([a], [b]) => a - b);
  const wrong = (message: string, hint: string): Distribution => {
    refuse(ctx, { code: "PLAN_RANGE", message, hint });
    return z.NEVER;
  };
  if (points[0]?.[0] !== 0 || points.at(-1)?.[0] !== 1)
    return wrong("the quantiles do not say where they end", "Name p0 and p100, the lowest and the highest.");
  if (points.some(([, value], i) => value < (points[i - 1]?.[1] ?? value)))
    return wrong("the quantiles do not rise", "Order them: a higher percentile has a higher value.");
  return { kind: "quantiles", points };
}

/** One of several distributions, by weight. */
function mixtureOf(part: z.ZodType<Distribution>) {
  return z
    .strictObject({
      mixture: z
        .array(
          z.strictObject({
            weight: z.number().positive().max(1e9).meta({ title: "Weight", description: "Share among the parts." }),
            of: part.meta({ title: "Distribution", description: "What this part draws." }),
          }),
        )
        .min(2)
        .max(100)
        .meta({ title: "Parts", description: "The distributions, each with its weight." }),
    })
    .transform(({ mixture }): Distribution => ({ kind: "mixture", parts: mixture }))
    .meta({ title: "Mixture", description: "One of several distributions, by weight." });
}

/** A time that varies: fixed, log-normal, exponential, uniform, gamma, Pareto, measured quantiles, or a mixture. */
export function times(title: string, description: string) {
  const { lognormal, uniform, gamma, pareto, quantiles } = forms(
    (name, about) => time(name, about),
    (name, about) => time(name, about, "zero"),
  );
  const fixed = time(title, `${description} A fixed time.`, "zero").transform(
    (value): Distribution => ({ kind: "fixed", value }),
  );
  const exponential = z
    .strictObject({
      mean: time("Mean", "Mean of the exponential distribution, before min and max cut."),
      min: time("Least", "Draws lie at or above it.", "zero").optional(),
      max: time("Most", "Draws lie at or below it.").optional(),
    })
    .transform(
      ({ mean, min, max }, ctx): Distribution =>
        ordered(min, max, ctx) ? { kind: "exponential", mean, ...bounds(min, max) } : z.NEVER,
    )
    .meta({ title: "Exponential", description: `Exponential: memoryless. ${TRUNCATED}` });
  const simple = z.union([fixed, lognormal, exponential, uniform, gamma, pareto, quantiles]);
  return z
    .union([fixed, lognormal, exponential, uniform, gamma, pareto, quantiles, mixtureOf(simple)])
    .meta({ title, description });
}

/** Turns of a session: fixed, geometric by its mean, or uniform. */
export function turns(title: string, description: string) {
  return z
    .union([
      z
        .int()
        .min(1)
        .max(1000)
        .transform((value): Distribution => ({ kind: "fixed", value }))
        .meta({ title, description: "As many turns in every session." }),
      z
        .strictObject({
          mean: z.number().min(1).max(1000).meta({ title: "Mean", description: "Mean turns a session, at least 1." }),
        })
        .transform(({ mean }): Distribution => ({ kind: "geometric", mean }))
        .meta({ title: "Geometric", description: "After every turn the user leaves with the same chance." }),
      z
        .strictObject({ min: whole("Least", "Fewest turns."), max: whole("Most", "Most turns.") })
        .transform(
          ({ min, max }, ctx): Distribution => (ordered(min, max, ctx) ? { kind: "uniform", min, max } : z.NEVER),
        )
        .meta({ title: "Uniform", description: "Any number of turns between two is as likely." }),
    ])
    .meta({ title, description });
}

/**
 * Counts of tokens: fixed, log-normal, uniform, bounded normal, gamma, Pareto, measured quantiles, rows of a CSV column, or a mixture.
 */
export function tokens(title: string, description: string) {
  const { lognormal, uniform, gamma, pareto, quantiles } = forms(whole, whole);
  const fixed = whole(title, "As many tokens every time.").transform(
    (value): Distribution => ({ kind: "fixed", value }),
  );
  const normal = z
    .strictObject({
      mean: z.number().positive().meta({ title: "Mean", description: "Mean of the normal distribution." }),
      sd: z
        .number()
        .positive()
        .meta({ title: "Standard deviation", description: "Standard deviation of the normal distribution." }),
      min: whole("Least", "Draws lie at or above it."),
      max: whole("Most", "Draws lie at or below it."),
    })
    .transform(
      ({ mean, sd, min, max }, ctx): Distribution =>
        ordered(min, max, ctx) ? { kind: "normal", mean, sd, min, max } : z.NEVER,
    )
    .meta({ title: "Normal", description: "Normal between two bounds." });
  const measured = z
    .strictObject({
      file: text("File", "A CSV file with a header row."),
      column: text("Column", "The column that holds the counts."),
    })
    .transform(({ file, column }): Distribution => ({ kind: "empirical", file, column }))
    .meta({ title: "Measured", description: "Rows of a CSV column, drawn with replacement." });
  const simple = z.union([fixed, lognormal, uniform, normal, gamma, pareto, quantiles, measured]);
  return z
    .union([fixed, lognormal, uniform, normal, gamma, pareto, quantiles, measured, mixtureOf(simple)])
    .meta({ title, description });
}
