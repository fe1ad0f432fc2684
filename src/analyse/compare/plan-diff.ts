import type { RunManifest } from "../../record/index.ts";
import type { PlanDifference } from "./schema.ts";

/** Parts of a plan that decide what a run asks of its target; where two runs differ in one, their figures answer different questions. */
const MATTERS: readonly string[] = [
  "target.protocol",
  "target.method",
  "target.request",
  "target.parameters",
  "target.timeouts",
  "target.connections",
  "target.retries",
  "target.repeatable",
  "workload",
  "stages",
];

/** What a run adds to its plan, what only names it, and where it lies on a machine. */
const LEFT_OUT: readonly string[] = ["run", "name", "runs", "expect", "seed", "slo", "generator", "budget", "guards"];

/** Every place at which two plans differ, those that matter first. */
export function planDifferences(before: RunManifest, after: RunManifest): readonly PlanDifference[] {
  const [a, b] = [leaves(before), leaves(after)];
  const paths = [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path));
  const found = paths.map((path): PlanDifference => {
    const [from, to] = [a.get(path), b.get(path)];
    return {
      path,
      ...(from === undefined ? {} : { before: from }),
      ...(to === undefined ? {} : { after: to }),
      matters: MATTERS.some((prefix) => isWithin(path, prefix)),
    };
  });
  return found.sort((x, y) => Number(y.matters) - Number(x.matters));
}

function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
}

function leaves(manifest: RunManifest): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (LEFT_OUT.includes(path)) return;
    if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, `${path}[${i}]`);
    else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, path === "" ? key : `${path}.${key}`);
    } else if (value !== undefined) found.set(path, fileName(path, JSON.stringify(value)));
  };
  walk(manifest, "");
  return found;
}

/** The same file in another folder is the same file. */
function fileName(path: string, json: string): string {
  return path.endsWith(".file") ? `"${json.slice(1, -1).split("/").at(-1) ?? ""}"` : json;
}
