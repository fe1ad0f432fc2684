import { isMapping } from "../../plan/index.ts";
import type { Changes, PlantedPart } from "./types.ts";

/** What stands at a path of a part's checked spec. */
export function specAt({ spec }: PlantedPart, ...path: readonly string[]): unknown {
  let at: unknown = spec;
  for (const name of path) at = isMapping(at) ? at[name] : undefined;
  return at;
}

/** A number of a part's checked spec; throws where the schema promises none. */
export function numberAt(part: PlantedPart, ...path: readonly string[]): number {
  const value = specAt(part, ...path);
  if (typeof value !== "number") throw new TypeError(`${part.name} has no number at ${path.join(".")}`);
  return value;
}

/** A mapping as written, empty where it is left out. */
export function written({ raw }: PlantedPart, field: string): Readonly<Record<string, unknown>> {
  const value = raw[field];
  return isMapping(value) ? value : {};
}

/** A list as written, empty where it is left out. */
export function listed({ raw }: PlantedPart, field: string): readonly unknown[] {
  const value = raw[field];
  return Array.isArray(value) ? value : [];
}

/** The same change to each part; undefined where there is none. */
export function each(
  parts: readonly PlantedPart[],
  change: (part: PlantedPart) => Readonly<Record<string, unknown>>,
): Changes | undefined {
  if (parts.length === 0) return undefined;
  return Object.fromEntries(parts.map((part) => [part.name, change(part)]));
}

/** From the start to the end of any run. */
export const ALWAYS = { from: "0s", for: "8760h" };
