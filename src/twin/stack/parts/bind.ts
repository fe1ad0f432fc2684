import type { z } from "zod";
import type { Part, PartContext } from "../types.ts";
import type { PartEntry, PartLink } from "./entry.ts";

/** A part as a stack writes it, checked, its spec closed in. */
export interface BoundPart {
  readonly kind: string;
  readonly links: readonly PartLink[];
  build(context: PartContext): Part;
}

/** An entry whose spec's type is closed in, so that one table holds every kind. */
export interface BoundEntry {
  readonly kind: string;
  readonly schema: z.ZodType;
  read(raw: unknown): { readonly part: BoundPart } | { readonly issues: readonly z.core.$ZodIssue[] };
}

export function bind<S extends { readonly kind: string }>(entry: PartEntry<S>): BoundEntry {
  const { kind, schema } = entry;
  return {
    kind,
    schema,
    read(raw) {
      const result = schema.safeParse(raw);
      if (!result.success) return { issues: result.error.issues };
      const spec = result.data;
      return { part: { kind, links: entry.links(spec), build: (context) => entry.build(spec, context) } };
    },
  };
}
