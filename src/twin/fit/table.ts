import type { Fault } from "../../base/index.ts";
import { parseCsv } from "../../workload/index.ts";

/** Rows of a requests table, each with the line it began on; cells are as they were written. */
export interface Table {
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  /** 1-based. */
  readonly line: number;
  readonly cells: Readonly<Record<string, unknown>>;
}

/** A fault of the table, before it knows its file. */
export type TableFault = Omit<Fault, "file">;

/**
 * Reads JSON Lines, CSV with a head, a JSON list of objects, or a JSON object of lists of one length (what `vllm bench serve --save-detailed`
 * writes). Which one follows from the text itself. Every row that cannot be read becomes a fault.
 */
export function readTable(text: string, faults: TableFault[]): Table {
  const body = text.replace(/^\ufeff/, "");
  const start = body.trimStart();
  if (start === "") {
    faults.push({
      code: "REQUESTS_EMPTY",
      message: "The file has no rows.",
      hint: "Give one row a request, as JSON Lines or CSV.",
    });
    return { names: [], rows: [] };
  }
  if (start.startsWith("[") || (start.startsWith("{") && !isJsonLines(start))) return readJson(start, faults);
  return start.startsWith("{") ? readLines(body, faults) : readCsv(body, faults);
}

function isJsonLines(text: string): boolean {
  const first = text.split(/\r?\n/, 1)[0] ?? "";
  return (parse(first) !== undefined && text.trim().includes("\n")) || !listsOf(parse(text));
}

function readLines(text: string, faults: TableFault[]): Table {
  const rows: Row[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const value = parse(line);
    if (isRecord(value)) rows.push({ line: i + 1, cells: value });
    else
      faults.push({
        code: "REQUESTS_JSON",
        line: i + 1,
        message: "The line is not a JSON object.",
        received: clip(line),
        hint: "Write one object a line, or delete the line.",
      });
  }
  return { names: namesOf(rows), rows };
}

function readJson(text: string, faults: TableFault[]): Table {
  const value = parse(text);
  const lists = listsOf(value);
  const objects = Array.isArray(value) ? value : lists === undefined ? undefined : transposed(lists);
  if (objects === undefined) {
    faults.push({
      code: "REQUESTS_JSON",
      message: "The file is neither JSON Lines nor a JSON list of requests.",
      received: clip(text),
      hint: "Write one JSON object a line, one for each request.",
    });
    return { names: [], rows: [] };
  }
  const rows: Row[] = [];
  for (const [i, cells] of objects.entries()) {
    if (isRecord(cells)) rows.push({ line: i + 1, cells });
    else
      faults.push({
        code: "REQUESTS_JSON",
        path: `[${i}]`,
        message: "The entry is not an object.",
        received: clip(String(JSON.stringify(cells))),
        hint: "Write one object for each request.",
      });
  }
  return { names: namesOf(rows), rows };
}

/** The lists of equal length, at least two, of an object. */
function listsOf(value: unknown): ReadonlyMap<string, readonly unknown[]> | undefined {
  if (!isRecord(value)) return undefined;
  const lists = new Map<string, readonly unknown[]>();
  for (const [name, list] of Object.entries(value)) if (Array.isArray(list)) lists.set(name, list);
  const longest = Math.max(0, ...[...lists.values()].map((list) => list.length));
  for (const [name, list] of lists) if (list.length !== longest) lists.delete(name);
  return lists.size >= 2 && longest > 0 ? lists : undefined;
}

function transposed(lists: ReadonlyMap<string, readonly unknown[]>): Record<string, unknown>[] {
  const length = [...lists.values()][0]?.length ?? 0;
  return Array.from({ length }, (_, i) => Object.fromEntries([...lists].map(([name, list]) => [name, list[i]])));
}

function readCsv(text: string, faults: TableFault[]): Table {
  const { rows: records, openQuote } = parseCsv(text);
  if (openQuote !== undefined)
    faults.push({
      code: "REQUESTS_QUOTE",
      line: openQuote,
      message: "A quote is opened and never closed.",
      hint: "Close it, or double it where it is meant as text.",
    });
  const [head, ...lines] = records;
  const names = (head?.cells ?? []).map((name) => name.trim());
  const rows: Row[] = [];
  for (const { line, cells } of lines) {
    if (cells.length === names.length)
      rows.push({ line, cells: Object.fromEntries(names.map((name, i) => [name, cells[i]])) });
    else
      faults.push({
        code: "REQUESTS_CELLS",
        line,
        message: `The row has ${cells.length} cells; the head has ${names.length}.`,
        hint: "Check its commas and quotes.",
      });
  }
  return { names, rows };
}

function namesOf(rows: readonly Row[]): string[] {
  const names = new Set<string>();
  for (const { cells } of rows) for (const name of Object.keys(cells)) names.add(name);
  return [...names];
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined; // not JSON: the caller tells it as a fault, with its line
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
