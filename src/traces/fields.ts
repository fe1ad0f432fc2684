import { parseDate } from "./timestamp.ts";
import type { Line, Problem, TimeUnit } from "./types.ts";

/** The value of a line's field. */
export type Field = (line: Line) => unknown;

/** A CSV column by its place. */
export function cellAt(index: number): Field {
  return (line) => (line.kind === "csv" ? line.cells[index]?.trim() : undefined);
}

/** A JSON field by its name, dots between nested ones where no field has the whole name. */
export function jsonField(name: string): Field {
  const path = name.split(".");
  return (line) => {
    if (line.kind !== "json") return undefined;
    if (Object.hasOwn(line.object, name)) return line.object[name];
    let value: unknown = line.object;
    for (const step of path) value = isRecord(value) ? value[step] : undefined;
    return value;
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function numberIn(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value !== "" ? Number(value) : Number.NaN;
}

const MOST_TOKENS = 2 ** 31 - 1;

/** A count of tokens, or what is wrong with it. A whole number may be written as 12.0. */
export function tokensIn(value: unknown, name: string): number | Problem {
  const count = numberIn(value);
  if (Number.isInteger(count) && count >= 0 && count <= MOST_TOKENS) return count;
  const shown = show(value);
  return {
    problem: shown === undefined ? `there is no ${name}` : `${name} is no number of tokens`,
    ...(shown === undefined ? {} : { received: shown }),
    hint: "Write a whole number of at least 0, or remove the line.",
  };
}

const UNITS: Readonly<Record<TimeUnit, number>> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };

/** A number of the unit as ms; without a unit a date. */
export function timeIn(value: unknown, name: string, unit: TimeUnit | undefined): number | Problem {
  const at = unit === undefined ? dateIn(value) : numberIn(value) * UNITS[unit];
  if (Number.isFinite(at)) return at;
  const shown = show(value);
  const isNumber = unit === undefined && Number.isFinite(numberIn(value));
  return {
    problem:
      shown === undefined ? `there is no ${name}` : `${name} is ${isNumber ? "a number without a unit" : "no time"}`,
    ...(shown === undefined ? {} : { received: shown }),
    hint: isNumber
      ? "Say what it counts, as `columns: { unit: s }` (or ms, us, ns)."
      : unit === undefined
        ? "Write a date such as 2024-05-10 00:00:00.5, or remove the line."
        : "Write a number, or remove the line.",
  };
}

function dateIn(value: unknown): number {
  return typeof value === "string" ? (parseDate(value) ?? Number.NaN) : Number.NaN;
}

/** A name as text; undefined where there is none. */
export function nameIn(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function show(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 80);
}

function isIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isSafeInteger(id));
}

/** Block ids: a list of integers. */
export function blocksIn(value: unknown, name: string): readonly number[] | Problem {
  if (isIds(value)) return value;
  return {
    problem: `${name} is no list of whole numbers`,
    received: show(value) ?? "nothing",
    hint: "Write a list such as [0, 1, 2], or remove the line.",
  };
}
