import { z } from "zod";
import { documentJsonSchema } from "../../plan/index.ts";
import { count, partName, text } from "./fields.ts";
import { PARTS } from "./parts/table.ts";

const FIELDS = {
  $schema: z
    .string()
    .meta({ title: "JSON Schema", description: "Where editors find the schema; Plimsoll ignores it." })
    .optional(),
  name: text("Name", "Name of the stack. Default: the file's name.", 100).optional(),
  seed: count("Seed", "Same stack, seed and load: the same run. Default: 1.", 0).optional(),
  entry: partName(
    "Entry",
    "The part that a request reaches first. Default: the one part that no other part names.",
  ).optional(),
};

/** Everything but the parts, which are checked one by one, each by its own kind's schema. */
export const frameSchema = z.strictObject({
  ...FIELDS,
  parts: z.record(partName("Name", "Name of a part."), z.record(z.string(), z.unknown())),
});

/** A stack as a person writes it. */
export const stackSchema = z
  .strictObject({
    ...FIELDS,
    parts: z
      .record(
        partName("Name", "Name of a part: letters, digits, `-`, `_` and `.`."),
        z.union([...PARTS.values()].map((entry) => entry.schema)).meta({ title: "Part", description: "One part." }),
      )
      .meta({ title: "Parts", description: "The parts by name; they name each other." }),
  })
  .meta({ title: "Plimsoll stack", description: "A model of an AI serving stack." });

/** The JSON Schema (draft 2020-12) of a stack as written, for editors. */
export function stackJsonSchema(): object {
  return documentJsonSchema(stackSchema);
}
