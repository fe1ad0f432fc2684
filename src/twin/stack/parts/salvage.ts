import type { z } from "zod";
import { isMapping, type Path, valueAt } from "../../../plan/index.ts";

export interface Salvaged<T> {
  /** From what is right; undefined where too little is. */
  readonly value: T | undefined;
  /** Empty where all is right. */
  readonly issues: readonly z.core.$ZodIssue[];
}

const MOST_ROUNDS = 20;

/**
 * Parses, and where that fails parses what is right of it again: a schema checks what fields mean together only where each of them is right
 * by itself, and all that is wrong is to be told at once.
 */
export function salvage<T>(schema: z.ZodType<T>, raw: unknown): Salvaged<T> {
  const issues: z.core.$ZodIssue[] = [];
  const cuts: Path[] = [];
  let input = raw;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const result = schema.safeParse(input);
    if (result.success) return { value: result.data, issues };
    const copy: unknown = structuredClone(input);
    const before = cuts.length;
    // The first look finds what is wrong by itself, the second what is wrong together; later ones find what the cuts made wrong.
    if (round < 2) {
      issues.push(...result.error.issues.filter((issue) => !cuts.some((cut) => related(cut, plain(issue.path)))));
    }
    for (const issue of result.error.issues) {
      const wrong = plain(issue.path);
      const keys = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...wrong, key]) : [wrong];
      for (const key of keys) {
        const cut = cutAt(copy, key);
        if (cut) cuts.push(cut);
      }
    }
    if (cuts.length === before) break;
    input = copy;
  }
  return { value: undefined, issues };
}

function plain(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === "symbol" ? String(step) : step));
}

/** One is the other, or inside it. */
function related(a: Path, b: Path): boolean {
  const shorter = Math.min(a.length, b.length);
  return a.slice(0, shorter).every((step, i) => step === b[i]);
}

/** Removes the field at the path, or the nearest one around it: a list goes whole, what is missing takes its parent along. */
function cutAt(root: unknown, path: Path): Path | undefined {
  const list = path.findIndex((step) => typeof step === "number");
  let at = list < 0 ? path : path.slice(0, list);
  while (at.length > 0 && valueAt(root, at) === undefined) at = at.slice(0, -1);
  const key = at.at(-1);
  const parent = valueAt(root, at.slice(0, -1));
  if (typeof key !== "string" || !isMapping(parent)) return undefined;
  delete parent[key];
  return at;
}
