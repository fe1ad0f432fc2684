import { isMapping, type Path } from "./path.ts";
import type { Findings } from "./problems.ts";

const DEEPEST = 100;

/**
 * A copy that is plain data: mappings, lists, texts, numbers, booleans, null. `undefined` fields are left out, as JSON does; anything else
 * (a function, a Date, a number that JSON cannot hold, a circle) is a fault.
 */
export function cloneData(value: unknown, findings: Findings, path: Path = []): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean" || value === undefined) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (path.length > DEEPEST) {
    findings.fault({
      code: "PLAN_TYPE",
      path: path.slice(0, 3),
      message: "nested too deeply, or in a circle",
      hint: "Flatten the plan.",
      bare: true,
    });
    return undefined;
  }
  if (Array.isArray(value)) return value.map((item, i) => cloneData(item, findings, [...path, i]) ?? null);
  const plain = isMapping(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!plain) {
    findings.fault({
      code: "PLAN_TYPE",
      path,
      message: "expected plain data",
      hint: "Write a text, a number, true or false, a list or a mapping.",
      bare: true,
    });
    return undefined;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, cloneData(item, findings, [...path, key])] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}
