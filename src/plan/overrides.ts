import { formatPath, isObject, type Path, parsePath } from "./path.ts";
import type { Findings } from "./problems.ts";
import { parseYamlValue } from "./yaml.ts";

/** Environment variables that override a plan. Flags override them. */
export const PLAN_VARIABLES: readonly {
  readonly name: string;
  readonly path: Path;
  readonly number?: true;
  readonly meaning: string;
}[] = [
  { name: "PLIMSOLL_TARGET_URL", path: ["target", "url"], meaning: "the target's URL" },
  { name: "PLIMSOLL_TARGET_MODEL", path: ["target", "model"], meaning: "the model to ask for" },
  { name: "PLIMSOLL_SEED", path: ["seed"], number: true, meaning: "the seed" },
  { name: "PLIMSOLL_WORKERS", path: ["generator", "workers"], number: true, meaning: "worker threads" },
  { name: "PLIMSOLL_RUNS", path: ["runs"], meaning: "the folder of run folders" },
];

/** Path (as JSON) to what set it, for faults: such a value has no line in the file. */
export type Origins = Map<string, string>;

export function applyEnvironment(
  raw: Record<string, unknown>,
  env: Readonly<Record<string, string | undefined>>,
  origins: Origins,
): void {
  for (const { name, path, number } of PLAN_VARIABLES) {
    const text = env[name];
    if (text === undefined || text === "") continue;
    setAt(raw, path, number && /^\d+$/.test(text) ? Number(text) : text);
    origins.set(JSON.stringify(path), name);
  }
}

export function applySets(
  raw: Record<string, unknown>,
  sets: readonly string[],
  origins: Origins,
  findings: Findings,
  examples: readonly [string, string] = ["target.model=name", "stages[0].at=2x"],
): void {
  for (const text of sets) {
    const split = splitSet(text);
    if (!split) {
      findings.fault({
        code: "PLAN_SET",
        path: [],
        message: "--set needs path=value",
        hint: `Write --set ${examples[0]} or --set ${examples[1]}.`,
        bare: true,
        place: "nowhere",
      });
      continue;
    }
    const { path, value: written } = split;
    const value = parseYamlValue(written);
    if ("error" in value) {
      findings.fault({
        code: "PLAN_SET",
        path,
        message: `--set ${formatPath(path)}: ${value.error}`,
        hint: "Put the value in quotes.",
        bare: true,
        place: "nowhere",
      });
      continue;
    }
    const refused = setAt(raw, path, value.value);
    if (refused)
      findings.fault({
        code: "PLAN_SET",
        path,
        message: `--set ${formatPath(path)}: ${refused}`,
        hint: "Name a place that the plan has; a list takes the index that follows its last.",
        bare: true,
        place: "nowhere",
      });
    else origins.set(JSON.stringify(path), "--set");
  }
}

function splitSet(text: string): { path: Path; value: string } | undefined {
  for (let at = text.indexOf("="); at > 0; at = text.indexOf("=", at + 1)) {
    const path = parsePath(text.slice(0, at));
    if (path) return { path, value: text.slice(at + 1) };
  }
  return undefined;
}

/** Sets an own data property, making mappings and lists on the way. Returns why it could not; then nothing has changed. */
function setAt(root: Record<string, unknown>, path: Path, value: unknown): string | undefined {
  let parent: Record<string | number, unknown> = root;
  for (const [i, step] of path.entries()) {
    const refused = refusal(parent, step);
    if (refused !== undefined) return refused;
    const next = Object.hasOwn(parent, step) ? parent[step] : undefined;
    const last = i === path.length - 1;
    if (!last && isObject(next)) {
      parent = next;
      continue;
    }
    if (!last && next !== undefined && next !== null) return "that place holds a plain value";
    const rest = path.slice(i + 1);
    if (rest.some((later) => typeof later === "number" && later > 0)) return "a new list begins at index 0";
    define(parent, step, wrap(rest, value));
    return undefined;
  }
  return undefined;
}

function refusal(parent: Record<string | number, unknown>, step: string | number): string | undefined {
  if (!Array.isArray(parent)) return typeof step === "number" ? "a mapping is indexed by name" : undefined;
  if (typeof step !== "number") return "a list is indexed by number";
  return step > parent.length ? `the list has ${parent.length} entries` : undefined;
}

function wrap(path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") return [wrap(rest, value)];
  const made: Record<string, unknown> = {};
  define(made, step, wrap(rest, value));
  return made;
}

/** Assignment to `__proto__` would change the prototype instead. */
function define(parent: Record<string | number, unknown>, key: string | number, value: unknown): void {
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}
