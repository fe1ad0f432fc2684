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

function ordered(min: number, max: number, ctx: Issuer): boolean {
  if (min <= max) return true;
  refuse(ctx, { code: "PLAN_RANGE", message: "min is above max", hint: "Swap min and max." });
  return false;
}

const time = (title: string, description: string, zero: "zero" | "positive" = "positive") =>
  quantity("duration", title, description, zero);

/** A time that varies: fixed, log-normal, exponential or uniform. */
export function times(title: string, description: string) {
  return z
    .union([
      time(title, `${description} A fixed time.`, "zero").transform(
        (value): Distribution => ({ kind: "fixed", value }),
      ),
      z
        .strictObject({ median: time("Median", "Half of the times are shorter."), sigma })
        .transform(({ median, sigma }): Distribution => ({ kind: "lognormal", median, sigma: sigma ?? DEFAULT_SIGMA }))
        .meta({ title: "Log-normal", description: "Log-normal, as human pauses are." }),
      z
        .strictObject({ mean: time("Mean", "Mean of the exponential distribution.") })
        .transform(({ mean }): Distribution => ({ kind: "exponential", mean }))
        .meta({ title: "Exponential", description: "Exponential: memoryless." }),
      z
        .strictObject({ min: time("Least", "Shortest time.", "zero"), max: time("Most", "Longest time.") })
        .transform(
          ({ min, max }, ctx): Distribution => (ordered(min, max, ctx) ? { kind: "uniform", min, max } : z.NEVER),
        )
        .meta({ title: "Uniform", description: "Any time between two is as likely." }),
    ])
    .meta({ title, description });
}

const whole = (title: string, description: string) => z.int().min(1).max(10_000_000).meta({ title, description });

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

/** Counts of tokens: fixed, log-normal, uniform, bounded normal, or rows of a CSV column. */
export function tokens(title: string, description: string) {
  return z
    .union([
      whole(title, "As many tokens every time.").transform((value): Distribution => ({ kind: "fixed", value })),
      z
        .strictObject({ median: whole("Median", "Half of the counts are lower."), sigma })
        .transform(({ median, sigma }): Distribution => ({ kind: "lognormal", median, sigma: sigma ?? DEFAULT_SIGMA }))
        .meta({ title: "Log-normal", description: "Log-normal, as lengths of texts are." }),
      z
        .strictObject({ min: whole("Least", "Fewest tokens."), max: whole("Most", "Most tokens.") })
        .transform(
          ({ min, max }, ctx): Distribution => (ordered(min, max, ctx) ? { kind: "uniform", min, max } : z.NEVER),
        )
        .meta({ title: "Uniform", description: "Any count between two is as likely." }),
      z
        .strictObject({
          mean: z.number().positive().meta({ title: "Mean", description: "Mean of the normal distribution." }),
          sd: z
            .number()
            .positive()
            .meta({ title: "Standard deviation", description: "Standard deviation of the normal distribution." }),
          min: whole("Least", "Draws below are drawn again."),
          max: whole("Most", "Draws above are drawn again."),
        })
        .transform(
          ({ mean, sd, min, max }, ctx): Distribution =>
            ordered(min, max, ctx) ? { kind: "normal", mean, sd, min, max } : z.NEVER,
        )
        .meta({ title: "Normal", description: "Normal between two bounds." }),
      z
        .strictObject({
          file: text("File", "A CSV file with a header row."),
          column: text("Column", "The column that holds the counts."),
        })
        .transform(({ file, column }): Distribution => ({ kind: "empirical", file, column }))
        .meta({ title: "Measured", description: "Rows of a CSV column, drawn with replacement." }),
    ])
    .meta({ title, description });
}
