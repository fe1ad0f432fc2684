import type { z } from "zod";
import type { BodyFault, Read } from "./types.ts";

/** More are counted, not told. */
const MOST_TOLD = 20;

/** Reads a body's JSON against a schema. All faults at once, in the words of OpenAI's errors. */
export function readJson<T>(schema: z.ZodType<T>, text: string): Read<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\p{Cc}+/gu, " ").slice(0, 200) : "";
    return { faults: [{ code: "invalid_json", param: "", message: `The body is not JSON: ${why}` }] };
  }
  const result = schema.safeParse(json);
  if (result.success) return { value: result.data };
  const all = result.error.issues.map((issue) => faultOf(issue, json));
  const [first = UNKNOWN, ...rest] = all.slice(0, MOST_TOLD);
  return { faults: [first, ...rest] };
}

const UNKNOWN: BodyFault = { code: "invalid_value", param: "", message: "The body is not understood." };

function faultOf(issue: z.core.$ZodIssue, body: unknown): BodyFault {
  const innermost = issue.code === "invalid_union" ? (closestOf(issue) ?? issue) : issue;
  const path = innermost === issue ? issue.path : [...issue.path, ...innermost.path];
  const param = pathText(path);
  const at = param === "" ? "the body" : `'${param}'`;
  if (innermost.code === "invalid_type") {
    const value = valueAt(body, path);
    if (value === undefined)
      return { code: "missing_required_parameter", param, message: `Missing required parameter: ${at}.` };
    return {
      code: "invalid_type",
      param,
      message: `Invalid type for ${at}: expected ${innermost.expected}, but got ${typeName(value)}.`,
    };
  }
  return {
    code: CODES[innermost.code] ?? "invalid_value",
    param,
    message: `Invalid value for ${at}: ${innermost.message}.`,
  };
}

const CODES: Readonly<Record<string, string>> = {
  too_small: "invalid_value",
  too_big: "invalid_value",
  invalid_value: "invalid_value",
  unrecognized_keys: "unknown_parameter",
};

/** The complaint of the member of a union that the value came nearest to: the one that got deepest. */
function closestOf(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined {
  const deepest = (issues: readonly z.core.$ZodIssue[]): number =>
    Math.max(0, ...issues.map(({ path }) => path.length));
  const [best] = [...issue.errors].sort((a, b) => deepest(b) - deepest(a));
  return best !== undefined && deepest(best) > 0 ? best[0] : undefined;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`))
    .join("");
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  object: "an object",
};

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : (TYPE_NAMES[typeof value] ?? "nothing");
}
