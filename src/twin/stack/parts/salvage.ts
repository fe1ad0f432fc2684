import type { z } from "zod";
import { isMapping, type Path, valueAt } from "../../../plan/index.ts";

export interface Salvaged<T> {
  /** From what is right; undefined where too little is. */
  readonly value: T | undefined;
  /** Empty where all is right. */
  readonly issues: readonly z.core.$ZodIssue[];
  /** Where something of the value was written: entries of a list before it may have been left out. */
  written(path: Path): Path;
}

/** For lists that lost entries: where each of those that are left was written. */
type Kept = Map<readonly unknown[], readonly number[]>;

const MOST_ROUNDS = 20;

/**
 * Parses, and where that fails parses what is right of it again: a schema checks what fields mean together only where each of them is right
 * by itself, and all that is wrong is to be told at once.
 */
export function salvage<T>(schema: z.ZodType<T>, raw: unknown): Salvaged<T> {
  const issues: z.core.$ZodIssue[] = [];
  const cuts: Path[] = [];
  const kept: Kept = new Map();
  let input = raw;
  const written = (path: Path): Path => writtenAt(input, path, kept);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const result = schema.safeParse(input);
    if (result.success) return { value: result.data, issues, written };
    if (round === 0) input = structuredClone(raw);
    const found = result.error.issues.map((issue) => ({ issue, path: written(plain(issue.path)) }));
    // The first look finds what is wrong by itself, the second what is wrong together; later ones find what the cuts made wrong.
    if (round < 2) {
      const own = found.filter(({ path }) => !cuts.some((cut) => begins(cut, path) || begins(path, cut)));
      issues.push(...own.map(({ issue, path }) => ({ ...issue, path: [...path] })));
    }
    const fresh = cutAll(
      input,
      found.map(({ issue }) => issue),
      kept,
    );
    if (fresh.length === 0) break;
    cuts.push(...fresh);
  }
  return { value: undefined, issues, written };
}

function plain(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === "symbol" ? String(step) : step));
}

function begins(path: Path, longer: Path): boolean {
  return path.length <= longer.length && path.every((step, i) => step === longer[i]);
}

function writtenAt(root: unknown, path: Path, kept: Kept): Path {
  return path.map((step, depth) => {
    const around = valueAt(root, path.slice(0, depth));
    return (Array.isArray(around) && typeof step === "number" ? kept.get(around)?.[step] : undefined) ?? step;
  });
}

/** Removes what is wrong; returns where each of it was written. */
function cutAll(root: unknown, issues: readonly z.core.$ZodIssue[], kept: Kept): Path[] {
  const wrong = issues.flatMap((issue) => {
    const at = plain(issue.path);
    return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...at, key]) : [at];
  });
  const cuts = new Map(wrong.map((path) => cutOf(root, path)).map((cut) => [JSON.stringify(cut), cut]));
  cuts.delete("[]");
  const written = [...cuts.values()].map((cut) => writtenAt(root, cut, kept));
  // Later entries of a list first, so that no index changes before it is its turn.
  for (const cut of [...cuts.values()].sort((a, b) => indexOf(b) - indexOf(a))) remove(root, cut, kept);
  return written;
}

/** The field itself, or the nearest around it that there is: an entry of a list goes whole, what is missing takes its parent along. */
function cutOf(root: unknown, path: Path): Path {
  const entry = path.findIndex((step) => typeof step === "number");
  let cut = entry < 0 ? path : path.slice(0, entry + 1);
  while (cut.length > 0 && valueAt(root, cut) === undefined) cut = cut.slice(0, -1);
  return cut;
}

function indexOf(cut: Path): number {
  const last = cut.at(-1);
  return typeof last === "number" ? last : -1;
}

function remove(root: unknown, cut: Path, kept: Kept): void {
  const parent = valueAt(root, cut.slice(0, -1));
  const key = cut.at(-1);
  if (Array.isArray(parent) && typeof key === "number") {
    const indexes = kept.get(parent) ?? parent.map((_, i) => i);
    kept.set(parent, indexes.toSpliced(key, 1));
    parent.splice(key, 1);
  } else if (isMapping(parent) && typeof key === "string") {
    delete parent[key];
  }
}
