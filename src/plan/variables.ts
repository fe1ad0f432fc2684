import { nearest } from "./did-you-mean.ts";
import { isMapping, type Path } from "./path.ts";
import type { Findings } from "./problems.ts";
import { isSecretPath, isSecretVariable } from "./secrets.ts";

export interface Interpolated {
  readonly raw: unknown;
  /** Values of variables whose names say that they are secret. */
  readonly secrets: readonly string[];
  /** Header name to the values of the variables in it. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Paths (as JSON) whose whole value came from a variable: their text may stand for a number. */
  readonly wholly: ReadonlySet<string>;
}

/** Puts the values of `pairs` (`NAME=value`), then of the environment, in the place of `${NAME}`. */
export function substitute(
  raw: unknown,
  pairs: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  findings: Findings,
): Interpolated {
  const vars = parseVariables(pairs, findings);
  const names = [...vars.keys(), ...Object.keys(env)];
  return interpolate(raw, (name) => vars.get(name) ?? env[name], names, findings);
}

/** `-e KEY=VALUE` as a table; what is no such pair is a fault. */
function parseVariables(vars: readonly string[], findings: Findings): Map<string, string> {
  const table = new Map<string, string>();
  for (const pair of vars) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(pair);
    if (match?.[1] !== undefined && match[2] !== undefined) table.set(match[1], match[2]);
    else {
      // The text may hold a secret, so it is not quoted.
      findings.fault({
        code: "PLAN_VARIABLE",
        path: [],
        message: "-e needs KEY=VALUE",
        hint: "Write -e KEY=VALUE, the key in letters, digits and _.",
        bare: true,
      });
    }
  }
  return table;
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}|\$\{/g;
const INSIDE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/** Replaces `${VAR}` and `${VAR:-default}` in every string value; `$${` stands for `${`. */
function interpolate(
  raw: unknown,
  lookup: (name: string) => string | undefined,
  names: readonly string[],
  findings: Findings,
): Interpolated {
  const secrets: string[] = [];
  const headers = new Map<string, string[]>();
  const wholly = new Set<string>();

  const replace = (text: string, path: Path): string => {
    if (!text.includes("${")) return text;
    return text.replace(REFERENCE, (whole, inside: string | undefined) => {
      if (whole === "$${") return "${";
      const match = inside === undefined ? null : INSIDE.exec(inside);
      const name = match?.[1];
      if (name === undefined) {
        findings.fault({
          code: "PLAN_VARIABLE",
          path,
          message: "a reference to a variable that cannot be read",
          hint: "Write ${NAME} or ${NAME:-default}; $${ stands for the characters ${.",
          bare: true,
        });
        return UNSET;
      }
      const set = lookup(name);
      const value = set === undefined || (set === "" && match?.[2] !== undefined) ? match?.[2] : set;
      if (value === undefined) {
        const meant = nearest(name, names);
        findings.fault({
          code: "PLAN_VARIABLE",
          path,
          message: `the variable ${name} is not set`,
          hint: `${meant ? `Write \${${meant}} (did you mean that?), or set` : "Set"} it in the environment or with -e ${name}=..., or write \${${name}:-default}.`,
          bare: true,
        });
        return UNSET;
      }
      if (isSecretVariable(name)) secrets.push(value);
      const header = path[path.indexOf("headers") + 1];
      if (isSecretPath(path) && typeof header === "string") {
        headers.set(header, [...(headers.get(header) ?? []), value]);
      }
      if (whole === text) wholly.add(JSON.stringify(path));
      return value;
    });
  };

  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === "string") return replace(value, path);
    if (Array.isArray(value)) return value.map((item, i) => walk(item, [...path, i]));
    if (!isMapping(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  return { raw: walk(raw, []), secrets, headers, wholly };
}

/** Stands where a variable has no value, so that the rest can be checked; such a value is reported once, as unset. */
const UNSET = "\u0000unset";

export function isUnset(value: unknown): boolean {
  return typeof value === "string" && value.includes(UNSET);
}
