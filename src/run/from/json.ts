import type { Json } from "../../plan/index.ts";
import { BOUNDS } from "./bounds.ts";

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** `value.a.b`, through own properties of plain objects. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (!isRecord(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}

/** Plain data as a plan may hold it; undefined where it nests too deeply or holds what JSON has not. */
export function toJson(value: unknown, depth = 0): Json | undefined {
  if (depth > BOUNDS.depth) return undefined;
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const json = toJson(item, depth + 1);
      if (json === undefined) return undefined;
      items.push(json);
    }
    return items;
  }
  if (!isRecord(value)) return undefined;
  const out: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const json = toJson(item, depth + 1);
    if (json === undefined) return undefined;
    if (key !== "__proto__") out.push([key, json]);
  }
  return Object.fromEntries(out);
}

/** A body's text as JSON; undefined where it is none, or nests too deeply. */
export function jsonBody(text: string | undefined): Json | undefined {
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return toJson(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The same data with every text replaced; fields for which the replacement is undefined are left out. */
export function mapTexts(
  value: Json,
  replace: (text: string, key: string) => Json | undefined,
  key = "",
): Json | undefined {
  if (typeof value === "string") return replace(value, key);
  if (isList(value)) return value.map((item) => mapTexts(item, replace, key)).filter((item) => item !== undefined);
  if (typeof value !== "object" || value === null) return value;
  const out: [string, Json][] = [];
  for (const [name, item] of Object.entries(value)) {
    const mapped = mapTexts(item, replace, name);
    if (mapped !== undefined) out.push([name, mapped]);
  }
  return Object.fromEntries(out);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
