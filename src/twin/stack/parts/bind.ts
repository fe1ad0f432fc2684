import type { z } from "zod";
import type { Part, PartContext } from "../types.ts";
import type { PartEntry, PartLink } from "./entry.ts";
import { type Salvaged, salvage } from "./salvage.ts";

/** A part as a stack writes it, checked, its spec closed in. */
export interface BoundPart {
  readonly kind: string;
  /** As its kind's schema put it out: in base units, with every default filled in. */
  readonly spec: object;
  readonly links: readonly PartLink[];
  build(context: PartContext): Part;
}

/** A part as far as it can be read. */
export interface ReadPart {
  /** From what is right of it; undefined where too little is. Only to be built where there are no issues. */
  readonly part: BoundPart | undefined;
  readonly issues: readonly z.core.$ZodIssue[];
}

/** An entry whose spec's type is closed in, so that one table holds every kind. */
export interface BoundEntry {
  readonly kind: string;
  readonly schema: z.ZodType;
  read(raw: unknown): ReadPart;
}

export function bind<S extends { readonly kind: string }>(entry: PartEntry<S>): BoundEntry {
  const { kind, schema } = entry;
  const close = (spec: S, { written }: Salvaged<S>): BoundPart => ({
    kind,
    spec,
    links: entry.links(spec).map(({ part, path }) => ({ part, path: written(path) })),
    build: (context) => entry.build(spec, context),
  });
  return {
    kind,
    schema,
    read(raw) {
      const salvaged = salvage(schema, raw);
      const { value, issues } = salvaged;
      return { part: value === undefined ? undefined : close(value, salvaged), issues };
    },
  };
}
