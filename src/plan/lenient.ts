import type { z } from "zod";
import { isMapping, isObject, type Path, valueAt } from "./path.ts";

/** What of a section can be read although parts of it are wrong; the wrong parts are reported elsewhere. */
export interface Lenient<T> {
  readonly value: T;
  /** False when more than unknown fields had to be left out. */
  readonly whole: boolean;
  /** Top-level fields that are written, but wrong. */
  readonly cut: ReadonlySet<string>;
}

const MOST_CUTS = 1000;

/**
 * Parses a section, leaving out unknown fields and fields with wrong values, so that the checks of meaning see the rest and every
 * fault of a plan is told at once. `undefined` where nothing useful is left.
 */
export function lenient<S extends z.ZodType>(schema: S, raw: unknown): Lenient<z.output<S>> | undefined {
  let input = raw;
  let whole = true;
  const cut = new Set<string>();
  for (let round = 0; round < MOST_CUTS; round++) {
    const result = schema.safeParse(input);
    if (result.success) return { value: result.data, whole, cut };
    if (!isMapping(input)) return undefined;
    const copy: unknown = structuredClone(input);
    let removed = false;
    for (const issue of result.error.issues) {
      const path: Path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
      if (issue.code === "unrecognized_keys") {
        for (const key of issue.keys) removed = remove(copy, [...path, key]) || removed;
        continue;
      }
      whole = false;
      if (typeof path[0] === "string") cut.add(path[0]);
      // A missing field cannot be cut: its parent goes.
      const wrong = valueAt(copy, path) === undefined ? path.slice(0, -1) : path;
      removed = remove(copy, wrong) || removed;
    }
    if (!removed) return undefined;
    input = copy;
  }
  return undefined;
}

function remove(root: unknown, path: Path): boolean {
  const key = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  if (key === undefined || !isObject(parent) || !Object.hasOwn(parent, key)) return false;
  if (Array.isArray(parent) && typeof key === "number") parent.splice(key, 1);
  else delete parent[key];
  return true;
}
