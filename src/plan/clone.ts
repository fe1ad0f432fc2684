import { isMapping, type Path } from "./path.ts";
import type { Findings } from "./problems.ts";

const DEEPEST = 100;

/**
 * A copy that is plain data: mappings, lists, texts, numbers, booleans, null. `undefined` fields are left out, as JSON does; anything
 * else (a function, a Date, a number that JSON cannot hold, a circle) is a fault.
 */
export function cloneData(root: unknown, findings: Findings): unknown {
  // Containers that are being copied: meeting one again means a circle.
  const open = new Set<unknown>();
  const refuse = (path: Path, message: string, hint: string): undefined => {
    findings.fault({ code: "PLAN_TYPE", path, message, hint, bare: true });
    return undefined;
  };
  const clone = (value: unknown, path: Path): unknown => {
    if (value === null || typeof value === "string" || typeof value === "boolean" || value === undefined) return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (!Array.isArray(value) && !isPlain(value)) {
      return refuse(path, "expected plain data", "Write a text, a number, true or false, a list or a mapping.");
    }
    if (open.has(value)) return refuse(path, "this contains itself", "Write the repeated parts out.");
    if (path.length > DEEPEST) return refuse(path.slice(0, 3), "nested too deeply", "Flatten the plan.");
    open.add(value);
    const copy = Array.isArray(value)
      ? value.map((item, i) => clone(item, [...path, i]) ?? null)
      : Object.fromEntries(
          Object.entries(value)
            .map(([key, item]) => [key, clone(item, [...path, key])] as const)
            .filter(([, item]) => item !== undefined),
        );
    open.delete(value);
    return copy;
  };
  return clone(root, []);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isMapping(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A module loader may hand over objects of another realm, whose Object.prototype is not ours.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
