import type { z } from "zod";
import type { Part, PartContext } from "../types.ts";

/** A part that another part's spec names: `path` is its place inside the spec, `["steps", 1, "call"]`. */
export interface PartLink {
  readonly path: readonly (string | number)[];
  readonly part: string;
}

/** One kind of part of a stack: how it is written, which other parts it names, and how it is built. */
export interface PartEntry<S extends { readonly kind: string }> {
  readonly kind: S["kind"];
  /** A strict object with `kind` as a literal; durations come out in ms, with every default filled in. */
  readonly schema: z.ZodType<S>;
  /** Every part that the spec names, so that the reader can check them all at once. */
  links(spec: S): readonly PartLink[];
  build(spec: S, context: PartContext): Part;
}
