import type { QueryResult, QueryValue } from "../record/index.ts";
import { formatCount } from "./figures.ts";
import { painter } from "./paint.ts";
import { type Column, table } from "./table.ts";
import { plain } from "./text.ts";

export interface RowsOptions {
  readonly format: "table" | "json" | "csv";
  /** Columns of the terminal; a table is cut to it. */
  readonly width: number;
  readonly color: boolean;
  /** A person's terminal reads it: no control character of a stored text may reach it. */
  readonly terminal?: boolean;
}

const FORMATS: Readonly<Record<RowsOptions["format"], (result: QueryResult, options: RowsOptions) => string>> = {
  table: asTable,
  json: asJson,
  csv: asCsv,
};

export function renderRows(result: QueryResult, options: RowsOptions): string {
  return FORMATS[options.format](result, options);
}

function cellText(value: QueryValue | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function asTable({ columns, rows, truncated }: QueryResult, { width, color }: RowsOptions): string {
  if (columns.length === 0) return "";
  const heads = columns.map((title, index): Column => {
    const first = rows.find((row) => row[index] !== null && row[index] !== undefined);
    return { title: plain(title), align: typeof first?.[index] === "number" ? "right" : "left", shrinkTo: 8 };
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

/** What JSON lets stand and a terminal may obey, as escapes that JSON reads back. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function asJson({ columns, rows }: QueryResult): string {
  const objects = rows.map((row) =>
    escaped(JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])))),
  );
  return objects.length === 0 ? "[]\n" : `[\n  ${objects.join(",\n  ")}\n]\n`;
}

/** RFC 4180, with line feeds. */
function asCsv({ columns, rows }: QueryResult, { terminal = false }: RowsOptions): string {
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const full = (value: QueryValue): string => {
    const text = typeof value === "number" ? String(value) : cellText(value);
    return field(terminal ? plain(text) : text);
  };
  return [columns, ...rows].map((row) => `${row.map(full).join(",")}\n`).join("");
}
