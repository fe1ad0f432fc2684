import type { z } from "zod";
import { isObject, type Path, valueAt } from "./path.ts";
import type { Interpolated } from "./variables.ts";

/**
 * A variable is text, but `seed: ${SEED}` means a number. Where the whole value came from a variable, and the schema refuses the text,
 * the number or boolean that it spells takes its place. `base` is where in `raw` the schema applies.
 */
export function coerceVariables(
  schema: z.ZodType,
  { raw, wholly }: Pick<Interpolated, "raw" | "wholly">,
  base: Path = [],
): unknown {
  if (wholly.size === 0) return raw;
  const result = schema.safeParse(valueAt(raw, base));
  if (result.success) return raw;
  for (const issue of result.error.issues) {
    if (issue.code !== "invalid_type" && issue.code !== "invalid_union") continue;
    const path: Path = [...base, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
    const value = valueAt(raw, path);
    if (typeof value !== "string" || !wholly.has(JSON.stringify(path))) continue;
    const spelled = spell(value);
    const parent = valueAt(raw, path.slice(0, -1));
    const key = path.at(-1);
    if (spelled !== undefined && key !== undefined && isObject(parent)) parent[key] = spelled;
  }
  return raw;
}

function spell(text: string): number | boolean | undefined {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
