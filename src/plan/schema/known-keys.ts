import { z } from "zod";
import type { Path } from "../path.ts";

/** Walks a schema along a path and gives the keys that the mapping there may have; none where that depends on a choice. */
export function keysAt(root: z.core.$ZodType, path: Path): readonly string[] {
  let schema = unwrap(root);
  for (const step of path) {
    const next =
      schema instanceof z.ZodObject && typeof step === "string"
        ? schema.shape[step]
        : schema instanceof z.ZodArray && typeof step === "number"
          ? schema.element
          : undefined;
    if (!next) return [];
    schema = unwrap(next);
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  return schema;
}
