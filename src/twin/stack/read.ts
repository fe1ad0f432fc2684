import { basename, extname } from "node:path";
import type { z } from "zod";
import {
  type DocumentKind,
  type DocumentOptions,
  type Findings,
  isMapping,
  keysAt,
  nearest,
  type Path,
  parseDocument,
  problemsOf,
  readDocument,
  resolveDocument,
} from "../../plan/index.ts";
import type { BoundEntry, BoundPart, ReadPart } from "./parts/bind.ts";
import { PARTS } from "./parts/table.ts";
import { frameSchema } from "./schema.ts";
import { checkWiring } from "./wiring.ts";

/** A checked stack: what {@link buildStack} builds. */
export interface StackSpec {
  readonly name: string;
  readonly seed: number;
  /** The part that a call reaches first. */
  readonly entry: string;
  readonly parts: ReadonlyMap<string, BoundPart>;
  /** The stack as written, variables replaced: plain data that another thread can resolve again. */
  readonly source: Readonly<Record<string, unknown>>;
}

export type ReadStackOptions = DocumentOptions;

const KIND: DocumentKind<StackSpec> = {
  word: "stack",
  codes: "STACK",
  begin: "Begin with `parts:`; examples/stacks/tiny.yaml is a stack to start from.",
  settings: ["parts.llm.replicas=4", "seed=3"],
  pieces: (raw) => [
    { path: [], schema: frameSchema },
    ...Object.entries(partsOf(raw)).flatMap(([name, part]) => {
      const entry = entryOf(part);
      return entry ? [{ path: ["parts", name], schema: entry.schema }] : [];
    }),
  ],
  check,
};

/** Reads a stack from a .yaml, .yml or .json file. Throws a PlimsollError (exit code 104) that carries every fault at once. */
export function readStack(file: string, options: ReadStackOptions = {}): Promise<StackSpec> {
  return readDocument(file, KIND, options);
}

/** Reads a stack from its text. Throws as {@link readStack} does. */
export function parseStack(text: string, options: ReadStackOptions = {}): StackSpec {
  return parseDocument(text, KIND, options);
}

/** Checks a stack that is plain data already. Throws as {@link readStack} does. */
export function resolveStack(input: unknown, options: ReadStackOptions = {}): StackSpec {
  return resolveDocument(input, KIND, options);
}

const DEFAULT_SEED = 1;

function check(
  raw: Readonly<Record<string, unknown>>,
  findings: Findings,
  file: string | undefined,
): StackSpec | undefined {
  const frame = frameSchema.safeParse(raw);
  if (!frame.success) report(frame.error.issues, [], raw, findings, (path) => keysAt(frameSchema, path));
  const written = partsOf(raw);
  const parts = new Map<string, BoundPart>();
  const mentions = new Map<string, ReadonlySet<string>>();
  for (const [name, part] of Object.entries(written)) {
    const others = Object.keys(written).filter((other) => other !== name);
    const read = isMapping(part) ? checkPart(name, part, others, raw, findings) : undefined;
    if (read?.part) parts.set(name, read.part);
    if (read?.part === undefined || read.issues.length > 0) mentions.set(name, new Set(wordsOf(part)));
  }
  const entry = checkWiring({ parts, named: new Set(Object.keys(written)), mentions }, raw["entry"], findings);
  if (!frame.success || entry === undefined) return undefined;
  return {
    name: frame.data.name ?? nameOf(file),
    seed: frame.data.seed ?? DEFAULT_SEED,
    entry,
    parts,
    source: raw,
  };
}

/** Every key and every text inside. */
function wordsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  return isMapping(value) ? Object.entries(value).flatMap(([key, inner]) => [key, ...wordsOf(inner)]) : [];
}

function partsOf(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return isMapping(raw["parts"]) ? raw["parts"] : {};
}

function entryOf(part: unknown): BoundEntry | undefined {
  const kind = isMapping(part) ? part["kind"] : undefined;
  return typeof kind === "string" ? PARTS.get(kind) : undefined;
}

function checkPart(
  name: string,
  part: unknown,
  others: readonly string[],
  raw: unknown,
  findings: Findings,
): ReadPart | undefined {
  const path: Path = ["parts", name];
  const kind = isMapping(part) ? part["kind"] : undefined;
  const kinds = [...PARTS.keys()];
  const entry = entryOf(part);
  if (!entry) {
    // A part without a kind may be another one's name, misspelt.
    const meant = typeof kind === "string" ? nearest(kind, kinds) : nearest(name, others);
    findings.fault({
      code: kind === undefined ? "STACK_MISSING" : "STACK_UNKNOWN_KIND",
      path: kind === undefined ? path : [...path, "kind"],
      message: kind === undefined ? "kind is missing" : "there is no such kind of part",
      hint: meant ? `Did you mean \`${meant}\`?` : `Use one of ${kinds.join(", ")}.`,
      ...(kind === undefined ? { atKey: true, bare: true } : {}),
    });
    return undefined;
  }
  const result = entry.read(part);
  report(result.issues, path, raw, findings, (at) => keysAt(entry.schema, at.slice(path.length)));
  return result;
}

function report(
  issues: readonly z.core.$ZodIssue[],
  base: Path,
  raw: unknown,
  findings: Findings,
  keys: (path: Path) => readonly string[],
): void {
  const placed = issues.map((issue) => ({ ...issue, path: [...base, ...issue.path] }));
  for (const problem of problemsOf(placed, raw, keys)) findings.fault(problem);
}

function nameOf(file: string | undefined): string {
  return file === undefined ? "stack" : basename(file, extname(file));
}
