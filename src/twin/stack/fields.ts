import { z } from "zod";
import { parseShare, quantity, refuse } from "../../plan/index.ts";
import { lognormalByMoments, lognormalSigma, type Spread } from "./spread.ts";

export { count, flag, quantity, text } from "../../plan/index.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** The name of a part. */
export function partName(title: string, description: string) {
  return z
    .string()
    .regex(NAME, "expected a part's name: letters, digits, `-`, `_` and `.`")
    .meta({ title, description });
}

/** A share between 0 and 1, written as a number or as a percentage. */
export function share(title: string, description: string) {
  return z
    .union([
      z
        .number()
        .min(0)
        .max(1)
        .meta({ title, description: `${description} 0 to 1.` }),
      z
        .string()
        .transform((text, ctx): number => {
          const value = parseShare(text);
          if (value !== undefined) return value;
          refuse(ctx, { code: "PLAN_UNIT", message: "expected a share", hint: "Write a share such as 0.2 or 20%." });
          return z.NEVER;
        })
        .meta({
          title,
          description: `${description} A percentage.`,
          pattern: "^\\d+(\\.\\d+)?\\s*%$",
          samples: ["20%"],
        }),
    ])
    .meta({ title, description });
}

/** A time that varies: a plain duration, or a log-normal by its median and p99. Yields a {@link Spread}, ms. */
export function spread(title: string, description: string) {
  return z
    .union([
      quantity("duration", title, `${description} A fixed time.`, "zero").transform(
        (value): Spread => ({ median: value, sigma: 0 }),
      ),
      z
        .strictObject({
          median: quantity("duration", "Median", "Half of the times are shorter."),
          p99: quantity("duration", "p99", "One time in a hundred is longer."),
        })
        .transform(({ median, p99 }, ctx): Spread => {
          if (p99 >= median) return { median, sigma: lognormalSigma(median, p99, 0.99) };
          refuse(ctx, { code: "PLAN_RANGE", message: "p99 is below the median", hint: "Swap median and p99." });
          return z.NEVER;
        })
        .meta({ title: "Log-normal", description: "Log-normal, by its median and its p99." }),
      z
        .strictObject({
          mean: quantity("duration", "Mean", "The mean."),
          cv: z.number().min(0).max(20).optional().meta({
            title: "Coefficient of variation",
            description: "Standard deviation over mean of a log-normal. Left out: exponential.",
          }),
        })
        .transform(({ mean, cv }): Spread => (cv === undefined ? { mean } : lognormalByMoments(mean, cv)))
        .meta({
          title: "By its mean",
          description: "Log-normal by mean and cv; by its mean alone exponential, as textbook queues assume.",
        }),
    ])
    .meta({ title, description });
}

/** `> 40`, `>= 0.9`, `< 3`, `<= 3`, `= 3`. */
export interface Comparison {
  readonly op: ">" | ">=" | "<" | "<=" | "=";
  readonly value: number;
}

const COMPARISON = /^(>=|<=|>|<|=)\s*(\d+(?:\.\d+)?)(%?)$/;
const OPS: Readonly<Record<string, Comparison["op"]>> = { ">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "=" };

/** A comparison with a number; a percentage counts as its share. */
export function comparison(title: string, description: string) {
  return z
    .custom<string>()
    .transform((value: unknown, ctx): Comparison => {
      const match = typeof value === "string" ? COMPARISON.exec(value.trim()) : null;
      const op = OPS[match?.[1] ?? ""];
      if (match && op !== undefined) return { op, value: Number(match[2]) / (match[3] === "%" ? 100 : 1) };
      refuse(ctx, { code: "PLAN_TYPE", message: "expected a comparison", hint: 'Write a comparison such as "> 40".' });
      return z.NEVER;
    })
    .meta({ title, description, type: "string", pattern: COMPARISON.source, samples: ["> 40", "<= 0.9"] });
}

const HOLDS: Readonly<Record<Comparison["op"], (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "=": (a, b) => a === b,
};

export function holds({ op, value }: Comparison, seen: number): boolean {
  return HOLDS[op](seen, value);
}
