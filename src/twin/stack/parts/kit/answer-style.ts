import { z } from "zod";
import { refuse } from "../../../../plan/index.ts";
import type { AnswerStyle } from "../../../answers/types.ts";
import { count } from "../../fields.ts";
import { lognormalSigma } from "../../spread.ts";

/** `{ median: 180, p95: 600, max: 2048 }`: how long a model's answers are, tokens. */
export function answerStyle() {
  return z
    .strictObject({
      median: count("Median", "Half of the answers are shorter, tokens."),
      p95: count("p95", "One answer in twenty is longer. Default: three times the median.").optional(),
      max: count("Most", "Where the model stops by itself. Default: 4096.").default(4096),
    })
    .transform(({ median, p95, max }, ctx): AnswerStyle => {
      const tail = p95 ?? 3 * median;
      if (tail >= median) return { median, sigma: lognormalSigma(median, tail, 0.95), max };
      refuse(ctx, { code: "PLAN_RANGE", message: "p95 is below the median", hint: "Swap median and p95." });
      return z.NEVER;
    })
    .meta({ title: "Answers", description: "Lengths of answers that nothing cuts: log-normal." });
}
