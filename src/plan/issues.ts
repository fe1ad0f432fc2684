import type { z } from "zod";
import { nearest } from "./did-you-mean.ts";
import { isMapping, isObject, type Path, valueAt } from "./path.ts";
import type { Problem } from "./problems.ts";
import { LATER_SECTIONS } from "./schema/plan.ts";

type Issue = z.core.$ZodIssue;

/** How a zod schema names its types, in the words of a plan. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

/** Keys that a mapping may have, by the place of the mapping. */
export type KnownKeys = (path: Path) => readonly string[];

/** Turns zod's issues into the product's faults. */
export function problemsOf(issues: readonly Issue[], raw: unknown, knownKeys: KnownKeys): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, [], raw, knownKeys));
}

function problemsOfIssue(issue: Issue, base: Path, raw: unknown, knownKeys: KnownKeys): Problem[] {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  const value = valueAt(raw, path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(key, path, knownKeys));
  if (issue.code === "invalid_union" && "options" in issue && issue.options) {
    return [value === undefined ? missing(path) : unknownValue(issue.options.map(String), path, value)];
  }
  if (issue.code === "invalid_union") return problemsOfUnion(issue.errors, path, raw, knownKeys);
  if (value === undefined && issue.code !== "custom") return [missing(path)];
  if (issue.code === "custom") return [value === undefined ? missing(path, noteOf(issue).hint) : custom(issue, path)];
  if (issue.code === "invalid_type") return [wrongType(issue.expected, path, value)];
  if (issue.code === "invalid_value") return [unknownValue(issue.values.map(String), path, value)];
  if (issue.code === "too_small" || issue.code === "too_big") return [outOfRange(issue, path)];
  const hint = "See `plimsoll schema` for what a plan may say.";
  return [{ code: "PLAN_INVALID", path, message: issue.message, hint }];
}

function noteOf(issue: Issue): { code: string; hint: string | undefined } {
  const params: unknown = "params" in issue ? issue.params : undefined;
  const note = isObject(params) ? params : {};
  const code = note["code"];
  const hint = note["hint"];
  return { code: typeof code === "string" ? code : "PLAN_INVALID", hint: typeof hint === "string" ? hint : undefined };
}

function custom(issue: Issue, path: Path): Problem {
  return { ...noteOf(issue), path, message: issue.message };
}

function missing(path: Path, hint?: string): Problem {
  const name = String(path.at(-1) ?? "plan");
  return { code: "PLAN_MISSING", path, message: `${name} is missing`, hint: hint ?? `Add \`${name}:\`.`, bare: true };
}

function unknownField(key: string, parent: Path, knownKeys: KnownKeys): Problem {
  const path = [...parent, key];
  if (parent.length === 0 && LATER_SECTIONS.includes(key)) {
    return {
      code: "PLAN_NOT_YET",
      path,
      message: `this version does not do \`${key}\` yet`,
      hint: `Remove \`${key}\`.`,
      atKey: true,
      bare: true,
    };
  }
  const known = knownKeys(parent);
  const meant = nearest(key, known);
  const hint = meant
    ? `Did you mean \`${meant}\`?`
    : known.length > 0
      ? `Use one of ${known.join(", ")}.`
      : "Remove it.";
  return {
    code: "PLAN_UNKNOWN_FIELD",
    path,
    message: `unknown field \`${key}\``,
    hint,
    atKey: true,
    bare: true,
  };
}

function unknownValue(values: readonly string[], path: Path, value: unknown): Problem {
  const known = `one of ${values.join(", ")}`;
  if (typeof value !== "string")
    return { code: "PLAN_TYPE", path, message: `expected ${known}`, hint: `Use ${known}.` };
  const meant = nearest(value, values);
  return {
    code: "PLAN_UNKNOWN_VALUE",
    path,
    message: `expected ${known}`,
    hint: meant ? `Did you mean \`${meant}\`?` : `Use ${known}.`,
  };
}

function wrongType(expected: string, path: Path, value: unknown): Problem {
  const wanted = TYPE_WORDS[expected] ?? expected;
  const message = `expected ${wanted}`;
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return { code: "PLAN_TYPE", path, message, hint: "Put it in quotes." };
  }
  if (value === null) return { code: "PLAN_TYPE", path, message, hint: `Write ${wanted}, or remove the field.` };
  return { code: "PLAN_TYPE", path, message, hint: `Write ${wanted}.` };
}

function outOfRange(issue: Extract<Issue, { code: "too_small" | "too_big" }>, path: Path): Problem {
  const small = issue.code === "too_small";
  const bound = Number(small ? issue.minimum : issue.maximum);
  const exact = issue.inclusive === false;
  const size = issue.origin === "string" || issue.origin === "array";
  const thing = issue.origin === "string" ? "characters" : "entries";
  const limit = small
    ? exact
      ? `above ${bound}`
      : `at least ${bound}`
    : exact
      ? `below ${bound}`
      : `at most ${bound}`;
  return {
    code: "PLAN_RANGE",
    path,
    message: size
      ? `expected ${limit} ${bound === 1 ? thing.replace(/ies$/, "y").replace(/s$/, "") : thing}`
      : `expected a number ${limit}`,
    hint: size ? `Give ${limit}.` : `Write a number ${limit}.`,
  };
}

/** The branches of a union within a union are branches of the whole. */
function alternatives(issues: readonly Issue[]): readonly (readonly Issue[])[] {
  const [only] = issues;
  return issues.length === 1 && only?.code === "invalid_union" && only.path.length === 0 && only.errors.length > 0
    ? only.errors.flatMap(alternatives)
    : [issues];
}

/**
 * A union fails with one list of issues a branch; what helps is the branch that the person meant. A branch that fails at its very top
 * was not meant, unless all do; among the rest the one with the fewest unknown or missing fields was.
 */
function problemsOfUnion(
  branches: readonly (readonly Issue[])[],
  path: Path,
  raw: unknown,
  knownKeys: KnownKeys,
): Problem[] {
  const value = valueAt(raw, path);
  if (value === undefined) return [missing(path)];
  const all = branches.flatMap(alternatives);
  const fitting = all.filter((issues) => !issues.some(isOfOtherType));
  const shaped = isObject(value)
    ? fitting.filter(
        (issues) =>
          !issues.every(
            (issue) => issue.path.length === 0 && issue.code === "custom" && noteOf(issue).code === "PLAN_UNIT",
          ),
      )
    : fitting;
  const best = [...shaped].sort((a, b) => misfit(a) - misfit(b))[0];
  if (best) {
    const keys = isMapping(value) ? branchKeys(all, Object.keys(value)) : [];
    const known: KnownKeys = (at) => (at.length === path.length ? keys : knownKeys(at));
    // A mistyped field and the missing one are one mistake.
    const mistyped = best.some((issue) => issue.code === "unrecognized_keys");
    return best
      .flatMap((issue) => problemsOfIssue(issue, path, raw, known))
      .filter((problem) => !(mistyped && problem.code === "PLAN_MISSING"));
  }
  const wanted = new Set(
    branches.flatMap((issues) =>
      issues.flatMap((issue) =>
        issue.path.length === 0 && issue.code === "invalid_type" ? [TYPE_WORDS[issue.expected] ?? issue.expected] : [],
      ),
    ),
  );
  const list = [...wanted].join(" or ");
  return [
    {
      code: "PLAN_TYPE",
      path,
      message: `expected ${list || "another kind of value"}`,
      hint: `Write ${list || "another kind of value"}.`,
    },
  ];
}

/** The branch takes another kind of value altogether; one that is a union itself does where all of its own branches do. */
function isOfOtherType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") {
    return issue.errors.length > 0 && issue.errors.every((branch) => branch.some(isOfOtherType));
  }
  return issue.code === "invalid_type";
}

function misfit(issues: readonly Issue[]): number {
  let sum = 0;
  for (const issue of issues)
    sum += issue.code === "unrecognized_keys" ? 10 * issue.keys.length : issue.code === "invalid_type" ? 3 : 1;
  return sum;
}

/** Every key that some branch of a union would take: those that it misses, and those present that some branch accepts. */
function branchKeys(branches: readonly (readonly Issue[])[], present: readonly string[]): string[] {
  const keys = new Set<string>();
  for (const issues of branches) {
    const unknown = new Set(issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : [])));
    for (const issue of issues) {
      const first = issue.path[0];
      if (typeof first === "string") keys.add(first);
    }
    const top = issues.some((issue) => issue.path.length === 0 && issue.code !== "unrecognized_keys");
    if (!top) for (const key of present) if (!unknown.has(key)) keys.add(key);
  }
  return [...keys];
}
