import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { z } from "zod";
import { EXIT, type Fault, PlimsollError, redactor } from "../base/index.ts";
import { cloneData } from "./clone.ts";
import { coerceVariables } from "./coerce.ts";
import { decode, requireFile } from "./data-file.ts";
import { toFaults } from "./faults.ts";
import { applySets, type Origins } from "./overrides.ts";
import { isMapping, type Path } from "./path.ts";
import { Findings, notAMapping } from "./problems.ts";
import type { ReadOptions, Source } from "./resolve.ts";
import { substitute } from "./variables.ts";
import { parseYaml } from "./yaml.ts";

/** A file of another kind than a plan, read by the same rules: YAML as plain data, `${VARIABLES}`, every fault at once with its place. */
export interface DocumentKind<T> {
  /** `stack` */
  readonly word: string;
  /** What its faults' codes begin with, in place of `PLAN`: `STACK`. */
  readonly codes: string;
  /** What to do about an empty file. */
  readonly begin: string;
  /** Two settings that a person might give with --set. */
  readonly settings: readonly [string, string];
  /** The schemas that its pieces must fit: they tell where the text of a variable may stand for a number. */
  pieces(raw: Readonly<Record<string, unknown>>): readonly { readonly path: Path; readonly schema: z.ZodType }[];
  /** Adds what is wrong to the findings; its value counts only where there are none. */
  check(raw: Readonly<Record<string, unknown>>, findings: Findings, file: string | undefined): T | undefined;
}

export type DocumentOptions = Pick<ReadOptions, "env" | "vars" | "cwd" | "set"> & {
  /** Shown in faults. */
  readonly file?: string;
};

const NOWHERE: Source = { locate: () => undefined, problems: [] };

/** Reads a document from a .yaml, .yml or .json file. Throws a PlimsollError (exit code 104) that carries every fault at once. */
export async function readDocument<T>(file: string, kind: DocumentKind<T>, options: DocumentOptions = {}): Promise<T> {
  const full = resolve(options.cwd ?? process.cwd(), file);
  const text = await inWordsOf(kind, async () => {
    await requireFile(full, file, "Check the path.");
    return decode(await readFile(full), file);
  });
  return parseDocument(text, kind, { ...options, file });
}

/** The same from its text. */
export function parseDocument<T>(text: string, kind: DocumentKind<T>, options: DocumentOptions = {}): T {
  const { raw, locate, problems } = parseYaml(text);
  return check(raw, kind, options, { locate, problems });
}

/** The same from plain data. */
export function resolveDocument<T>(input: unknown, kind: DocumentKind<T>, options: DocumentOptions = {}): T {
  return check(input, kind, options, NOWHERE);
}

function check<T>(input: unknown, kind: DocumentKind<T>, options: DocumentOptions, source: Source): T {
  const env = options.env ?? process.env;
  const findings = new Findings();
  for (const problem of source.problems) findings.fault(problem);
  const copy = cloneData(input, findings);
  let raw: unknown = copy;
  let secrets: ReadonlySet<string> = new Set();
  let value: T | undefined;
  const origins: Origins = new Map();
  if (isMapping(copy)) {
    applySets(copy, options.set ?? [], origins, findings, kind.settings);
    const interpolated = substitute(copy, options.vars ?? [], env, findings);
    raw = interpolated.raw;
    secrets = new Set(interpolated.secrets);
    if (isMapping(raw)) {
      for (const { path, schema } of kind.pieces(raw)) coerceVariables(schema, interpolated, path);
      value = kind.check(raw, findings, options.file);
    }
  } else if (findings.problems.length === 0) {
    findings.fault(notAMapping(copy, kind.begin));
  }
  if (findings.problems.length === 0 && value !== undefined) return value;
  const faults = toFaults(findings.problems, {
    raw,
    locate: source.locate,
    origins,
    redact: redactor(secrets),
    secrets,
    file: options.file,
  });
  throw new PlimsollError(
    faults.map((fault) => worded(fault, kind)),
    EXIT.planInvalid,
  );
}

async function inWordsOf<R, T>(kind: DocumentKind<T>, read: () => Promise<R>): Promise<R> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    throw new PlimsollError(
      error.faults.map((fault) => worded(fault, kind)),
      error.exitCode,
    );
  }
}

/** The plan's reader speaks of plans: in its own fixed phrases only, never in what it quotes, the other word takes the place. */
function worded<T>(fault: Fault, kind: DocumentKind<T>): Fault {
  const say = (text: string): string => text.replace(/\b(the|an?|any|one) plan\b/g, `$1 ${kind.word}`);
  return {
    ...fault,
    code: fault.code.replace(/^PLAN_/, `${kind.codes}_`),
    message: say(fault.message),
    ...(fault.hint === undefined ? {} : { hint: say(fault.hint) }),
  };
}
