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
import { openBracket } from "./yaml-brackets.ts";
import { nestsTooDeep } from "./yaml-depth.ts";
import { syntaxFault, UNCLOSED } from "./yaml-faults.ts";

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
    prettyErrors: false,
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
    .map(({ code, message, pos: [at] }): Problem => {
      const bracket = code === "BAD_INDENT" && message.startsWith("Flow") ? openBracket(text, at) : undefined;
      const fault = bracket === undefined ? syntaxFault(code) : UNCLOSED;
      return { ...fault, path: [], place: place(bracket ?? at), bare: true };
    });
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

function danglingAliases(doc: Document, place: (offset: number) => Place): Problem[] {
  const found: Problem[] = [];
  visit(doc, {
    Alias(_, alias) {
      if (alias.resolve(doc)) return;
      found.push({
        code: "PLAN_SYNTAX",
        path: [],
        message: "an alias that points at nothing",
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
      const pair = node.items.findLast(
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
