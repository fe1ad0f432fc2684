import { z } from "zod";
import { planSchema } from "./schema/plan.ts";

const REFERENCE = "\\$\\{";

/** The JSON Schema (draft 2020-12) of a plan as written, for editors. */
export function planJsonSchema(): object {
  return documentJsonSchema(planSchema);
}

/** The JSON Schema (draft 2020-12) of what a schema takes as input, its fields with units as an editor can check them. */
export function documentJsonSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, {
    io: "input",
    target: "draft-2020-12",
    // A field with a unit is refined by code; its metadata says what an editor can check.
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // `examples` is zod's own word and is dropped before a transform, so the fields carry it under another name.
      if ("samples" in jsonSchema) {
        const samples: unknown = jsonSchema["samples"];
        delete jsonSchema["samples"];
        if (Array.isArray(samples)) jsonSchema.examples = samples;
      }
      // Variables are replaced before a plan is checked, so a text field may hold a reference instead.
      const { pattern } = jsonSchema;
      if (pattern !== undefined && !pattern.startsWith(REFERENCE)) jsonSchema.pattern = `${REFERENCE}|${pattern}`;
    },
  });
}
