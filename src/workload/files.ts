import { readFileSync } from "node:fs";
import type { Fault } from "../base/index.ts";
import { type CsvRow, parseCsv } from "./csv.ts";

/** Reads the input files of a plan, each once, and gathers what is wrong with them. */
export interface Files {
  readonly faults: Fault[];
  /** Another thread has read these files and found nothing wrong. */
  readonly checked: boolean;
  /** `undefined`: a fault was noted. `path` is the place in the plan that names the file. */
  text(file: string, path: string): string | undefined;
  csv(file: string, path: string): CsvTable | undefined;
}

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

export function inputFiles(checked = false): Files {
  const faults: Fault[] = [];
  const texts = new Map<string, string>();
  const tables = new Map<string, CsvTable>();
  const text = (file: string, path: string): string | undefined => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const read = readText(file, path);
    if (typeof read !== "string") {
      faults.push(read);
      return undefined;
    }
    texts.set(file, read);
    return read;
  };
  const csv = (file: string, path: string): CsvTable | undefined => {
    const known = tables.get(file);
    if (known !== undefined) return known;
    const content = text(file, path);
    if (content === undefined) return undefined;
    const { rows, openQuote } = parseCsv(content);
    if (openQuote !== undefined) {
      faults.push({
        code: "WORKLOAD_CSV_OPEN_QUOTE",
        message: `${file} opens a quote on line ${openQuote} that never closes`,
        path,
        file,
        line: openQuote,
        hint: "Close the quote, or double it where the text holds one.",
      });
      return undefined;
    }
    const [header, ...data] = rows;
    if (header === undefined || data.length === 0) {
      faults.push(emptyFile(file, path, "Give the file a header row and at least one row below it."));
      return undefined;
    }
    const table = { header: header.cells.map((name) => name.trim()), rows: data };
    tables.set(file, table);
    return table;
  };
  return { faults, checked, text, csv };
}

export function emptyFile(file: string, path: string, hint: string): Fault {
  return { code: "WORKLOAD_FILE_EMPTY", message: `${file} holds nothing to draw from`, path, file, hint };
}

const DECODER = new TextDecoder("utf-8", { fatal: true });

function readText(file: string, path: string): string | Fault {
  try {
    return DECODER.decode(readFileSync(file));
  } catch (error) {
    return unreadable(error, file, path);
  }
}

/** The fault of a file that could not be read, from what the system said. */
export function unreadable(error: unknown, file: string, path: string): Fault {
  const why = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (why === undefined) throw error;
  if (why === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return {
      code: "WORKLOAD_FILE_NOT_UTF8",
      message: `${file} is not UTF-8 text`,
      path,
      file,
      hint: "Save the file as UTF-8.",
    };
  }
  return {
    code: "WORKLOAD_FILE_UNREADABLE",
    message: `${file} cannot be read (${why})`,
    path,
    file,
    received: file,
    hint: HINTS[why] ?? "Make the file readable to the user that runs the test.",
  };
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: "Check the path; it is taken relative to the plan's folder.",
  EISDIR: "Name a file, not a folder.",
  ERR_FS_FILE_TOO_LARGE: "Take a sample of the file's lines.",
  ERR_STRING_TOO_LONG: "Take a sample of the file's lines.",
};
