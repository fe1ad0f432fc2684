import { z } from "zod";
import type { Path } from "../path.ts";

type Schema = z.core.$ZodType;

/** Walks a schema along a path and gives the keys that the mapping there may have; none where that depends on a choice. */
export function keysAt(root: Schema, path: Path): readonly string[] {
  let schema = unwrap(root);
  for (const step of path) {
    const next = typeof step === "string" ? fieldsOf(schema)[step] : elementOf(schema);
    if (!next) return [];
    schema = unwrap(next);
  }
  return Object.keys(fieldsOf(schema));
}

function fieldsOf(schema: Schema): Readonly<Record<string, Schema | undefined>> {
  return schema instanceof z.core.$ZodObject ? schema._zod.def.shape : {};
}

function elementOf(schema: Schema): Schema | undefined {
  return schema instanceof z.core.$ZodArray ? schema._zod.def.element : undefined;
}

function unwrap(schema: Schema): Schema {
  if (schema instanceof z.core.$ZodOptional) return unwrap(schema._zod.def.innerType);
  if (schema instanceof z.core.$ZodDefault) return unwrap(schema._zod.def.innerType);
  if (schema instanceof z.core.$ZodPipe) return unwrap(schema._zod.def.in);
  return schema;
}
