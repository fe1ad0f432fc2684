import { z } from "zod";
import { verdictSchema } from "./schema.ts";

/** The published JSON Schema (2020-12) of `findings.json`. */
export function findingsJsonSchema(): object {
  return {
    ...z.toJSONSchema(verdictSchema),
    title: "Plimsoll findings",
    description:
      "What a run's folder says beyond its figures: `findings.json`. Times in ms from the run's start; loads in the unit told beside them.",
  };
}
