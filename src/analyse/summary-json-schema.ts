import { z } from "zod";
import { summarySchema } from "./summary-schema.ts";

/** The published JSON Schema (2020-12) of `summary.json`. */
export function summaryJsonSchema(): object {
  return {
    ...z.toJSONSchema(summarySchema),
    title: "Plimsoll summary",
    description:
      "The result of a run: `summary.json`, and what `--json` prints. Times in ms, rates per second, money in dollars.",
  };
}
