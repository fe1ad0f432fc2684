import { formatCount } from "./figures.ts";
import { painter } from "./paint.ts";
import { type Column, table } from "./table.ts";
import { plain } from "./text.ts";

/** The answer to a query, in the order of its columns. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** More rows were there. */
  readonly truncated: boolean;
}

export interface RowsOptions {
  readonly format: "table" | "json" | "csv";
  /** Columns of the terminal; a table is cut to it. */
  readonly width: number;
  readonly color: boolean;
}

const FORMATS: Readonly<Record<RowsOptions["format"], (rows: Rows, options: RowsOptions) => string>> = {
  table: asTable,
  json: asJson,
  csv: asCsv,
};

export function renderRows(rows: Rows, options: RowsOptions): string {
  return FORMATS[options.format](rows, options);
}

function isNumeric(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  if (typeof value === "object") return JSON.stringify(value, jsonSafe);
  return String(value);
}

function asTable({ columns, rows, truncated }: Rows, { width, color }: RowsOptions): string {
  if (columns.length === 0) return "";
  const heads = columns.map((title, index): Column => {
    const first = rows.find((row) => row[index] !== null && row[index] !== undefined);
    return { title: plain(title), align: isNumeric(first?.[index]) ? "right" : "left", shrinkTo: 8 };
  });
  const lines = table(
    heads,
    rows.map((row) => row.map((value) => ({ text: plain(cellText(value)) }))),
    { width, paint: painter(color), indent: 0 },
  );
  const count = rows.length === 1 ? "1 row" : `${formatCount(rows.length)} rows`;
  lines.push(truncated ? `(the first ${count}; --csv and --json print all)` : `(${count})`);
  return `${lines.join("\n")}\n`;
}

/** Integers beyond what JSON numbers carry become strings. */
function jsonSafe(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
}

function asJson({ columns, rows }: Rows): string {
  const objects = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])), jsonSafe),
  );
  return objects.length === 0 ? "[]\n" : `[\n  ${objects.join(",\n  ")}\n]\n`;
}

/** RFC 4180, with line feeds. */
function asCsv({ columns, rows }: Rows): string {
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const full = (value: unknown): string => (typeof value === "number" ? String(value) : cellText(value));
  return [columns, ...rows].map((row) => `${row.map((value) => field(full(value))).join(",")}\n`).join("");
}
