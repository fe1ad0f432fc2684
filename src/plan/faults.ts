import type { Fault, Redactor } from "../base/index.ts";
import type { Origins } from "./overrides.ts";
import { formatPath, isObject, type Path, valueAt } from "./path.ts";
import type { Problem } from "./problems.ts";
import { isSecretPath, redactUrl } from "./secrets.ts";
import { isUnset } from "./variables.ts";
import type { Locate } from "./yaml.ts";

interface FaultSurroundings {
  readonly raw: unknown;
  readonly locate: Locate;
  readonly origins: Origins;
  readonly redact: Redactor;
  readonly secrets: ReadonlySet<string>;
  readonly file: string | undefined;
}

const LONGEST_RECEIVED = 80;

/** Gives problems their places and received values, redacts them, and puts them in the order of the text. */
export function toFaults(problems: readonly Problem[], around: FaultSurroundings): Fault[] {
  const told = new Set<string>();
  const unset = problems.some((problem) => problem.code === "PLAN_VARIABLE");
  // What a missing variable makes wrong is told once, as the missing variable.
  const followsFromUnset = ({ code, path }: Problem): boolean => {
    const value = unset && code !== "PLAN_VARIABLE" ? valueAt(around.raw, path) : undefined;
    return isUnset(value);
  };
  return problems
    .filter((problem) => !followsFromUnset(problem))
    .map((problem) => toFault(problem, around))
    .filter((fault) => {
      const key = `${fault.path ?? ""}|${fault.line ?? ""}|${fault.message}`;
      return told.has(key) ? false : told.add(key) !== undefined;
    })
    .sort(
      (a, b) =>
        (a.line ?? Number.POSITIVE_INFINITY) - (b.line ?? Number.POSITIVE_INFINITY) ||
        (a.column ?? 0) - (b.column ?? 0) ||
        0,
    );
}

function toFault(problem: Problem, around: FaultSurroundings): Fault {
  const { code, path } = problem;
  const origin = originOf(path, around.origins) ?? originWithin(valueAt(around.raw, path), path, around.origins);
  const found = problem.place ?? (origin === undefined ? around.locate(path, problem.atKey === true) : undefined);
  const place = found === "nowhere" ? undefined : found;
  const clean = (text: string): string => around.redact(redactUrl(text));
  const text = problem.bare === true ? undefined : show(valueAt(around.raw, path), path, around.secrets);
  // Redacted before it is cut: half a secret is not recognised.
  const received = text === undefined ? undefined : shorten(clean(text));
  return {
    code,
    message: clean(origin === undefined ? problem.message : `${problem.message} (from ${origin})`),
    ...(path.length > 0 ? { path: clean(formatPath(path)) } : {}),
    ...(around.file === undefined ? {} : { file: around.file }),
    ...(place === undefined ? {} : { line: place.line, column: place.column }),
    ...(received === undefined ? {} : { received }),
    ...(problem.hint === undefined ? {} : { hint: clean(problem.hint) }),
  };
}

function originOf(path: Path, origins: Origins): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const origin = origins.get(JSON.stringify(path.slice(0, length)));
    if (origin !== undefined) return origin;
  }
  return undefined;
}

/** Where all that a mapping holds was set from outside: it has no place in the file either. */
function originWithin(value: unknown, path: Path, origins: Origins): string | undefined {
  if (!isObject(value) || Array.isArray(value)) return undefined;
  const inner = Object.entries(value).map(([key, held]) => {
    const at = [...path, key];
    return origins.get(JSON.stringify(at)) ?? originWithin(held, at, origins);
  });
  return inner.every((origin) => origin !== undefined) ? inner[0] : undefined;
}

function show(value: unknown, path: Path, secrets: ReadonlySet<string>): string | undefined {
  if (value === undefined) return undefined;
  if (isSecretPath(path)) return "***";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return "a mapping";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return secrets.has(text) ? "***" : text;
}

function shorten(text: string): string {
  return text.length > LONGEST_RECEIVED ? `${text.slice(0, LONGEST_RECEIVED)}...` : text;
}
