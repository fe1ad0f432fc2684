import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  stringify,
  visit,
} from "yaml";
import type { Path } from "./path.ts";
import type { Problem } from "./problems.ts";
import { nestsTooDeep } from "./yaml-depth.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}
/** Finds a value, or the key of it, in the text; the nearest enclosing place where the path itself is not written. */
export type Locate = (path: Path, atKey: boolean) => Place | undefined;

export interface Parsed {
  /** `undefined` when the text cannot be read at all. */
  readonly raw: unknown;
  readonly locate: Locate;
  readonly problems: readonly Problem[];
}

/** Enough for any honest plan; a bomb of aliases needs far more. */
const MOST_ALIASES = 100;
const MOST_SYNTAX_FAULTS = 20;

/** Reads YAML (and so JSON) as plain data: no tags, no merge keys, aliases counted. Never throws for what the text says. */
export function parseYaml(text: string): Parsed {
  if (nestsTooDeep(text)) return unreadable("nested too deeply", "Flatten the plan.");
  try {
    return parse(text);
  } catch (error) {
    // What the library throws for an alias bomb.
    if (!(error instanceof ReferenceError)) throw error;
    return unreadable("aliases that repeat too much", "Write the repeated parts out.");
  }
}

function unreadable(message: string, hint: string): Parsed {
  const problem: Problem = { code: "PLAN_SYNTAX", path: [], message, hint, bare: true };
  return { raw: undefined, locate: () => undefined, problems: [problem] };
}

function parse(text: string): Parsed {
  const lines = new LineCounter();
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false, // pretty ones quote the source, secrets included
    schema: "core",
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: true,
    logLevel: "error",
  });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = [...doc.errors, ...doc.warnings]
    .slice(0, MOST_SYNTAX_FAULTS)
    .map((error): Problem => syntaxProblem(error.code, error.message, place(error.pos[0])));
  const dangling = danglingAliases(doc, place);
  problems.push(...dangling);
  if (dangling.length > 0 || !doc.errors.every((error) => error.code === "DUPLICATE_KEY")) {
    return { raw: undefined, locate: () => undefined, problems };
  }
  const raw: unknown = doc.toJS({ maxAliasCount: MOST_ALIASES });
  return { raw, locate: (path, atKey) => locateIn(doc, path, atKey, place), problems };
}

/** One value from a command line: a scalar, or a flow list or mapping. */
export function parseYamlValue(text: string): { readonly value: unknown } | { readonly error: string } {
  const parsed = parseYaml(text);
  const problem = parsed.problems[0];
  return problem ? { error: problem.message } : { value: parsed.raw };
}

export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 120, aliasDuplicateObjects: false, singleQuote: false });
}

function syntaxProblem(code: string, message: string, place: Place): Problem {
  const base = { path: [], place, bare: true };
  if (code === "DUPLICATE_KEY")
    return {
      ...base,
      code: "PLAN_DUPLICATE_KEY",
      message: "this key is already in the same mapping",
      hint: "Remove one of the two.",
    };
  if (code === "MULTIPLE_DOCS")
    return {
      ...base,
      code: "PLAN_SYNTAX",
      message: "more than one document in the file",
      hint: "Keep one plan a file; remove what follows `---`.",
    };
  if (code === "TAG_RESOLVE_FAILED")
    return {
      ...base,
      code: "PLAN_SYNTAX",
      message: "tags are not allowed: a plan is plain data",
      hint: "Remove the tag (the word that begins with an exclamation mark).",
    };
  return {
    ...base,
    code: "PLAN_SYNTAX",
    message: withoutSource(message),
    hint: SYNTAX_HINTS[code] ?? "Mend the YAML here; check indentation and quotes.",
  };
}

/** Some of the library's messages end in the text itself, which may be a secret. */
function withoutSource(message: string): string {
  return message.replace(/^(Unexpected [\w-]+ token in YAML stream|Not a YAML token).*$/s, "$1").split("\n")[0] ?? "";
}

const SYNTAX_HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "Indent with spaces.",
  MISSING_CHAR: "Add the missing character.",
  BAD_ALIAS: "Put text that begins with * or & in quotes.",
  BLOCK_AS_IMPLICIT_KEY: "Put text that contains `: ` in quotes, or check the indentation.",
  BAD_INDENT: "Check the indentation.",
};

function danglingAliases(doc: Document, place: (offset: number) => Place): Problem[] {
  const found: Problem[] = [];
  visit(doc, {
    Alias(_, alias) {
      if (alias.resolve(doc)) return;
      found.push({
        code: "PLAN_SYNTAX",
        path: [],
        message: `the alias *${alias.source} points at nothing`,
        hint: "Put text that begins with * in quotes.",
        place: place(alias.range?.[0] ?? 0),
        bare: true,
      });
    },
  });
  return found;
}

function locateIn(doc: Document, path: Path, atKey: boolean, place: (offset: number) => Place): Place | undefined {
  let node: unknown = doc.contents;
  let found = isNode(node) ? node.range?.[0] : undefined;
  for (const [i, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(doc);
    const last = i === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (!pair) break;
      const key = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
      const value = isNode(pair.value) ? pair.value.range?.[0] : undefined;
      found = (last && atKey ? key : value) ?? key ?? found;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") {
      const item: unknown = node.items[step];
      if (!isNode(item)) break;
      found = item.range?.[0] ?? found;
      node = item;
    } else break;
  }
  return found === undefined ? undefined : place(found);
}
