import { basename } from "node:path";
import type { Fault } from "../../base/index.ts";
import type { PromptSource } from "../../plan/index.ts";
import { emptyFile, type Files } from "../files.ts";
import type { PromptEntry } from "./entry.ts";
import { entryOfJson } from "./json-entry.ts";

type FileSource = Extract<PromptSource, { readonly kind: "file" }>;

interface Found {
  readonly line: number;
  readonly entry: Omit<PromptEntry, "id"> & { readonly id?: string };
}

interface Reading {
  readonly found: readonly Found[];
  /** Without place: {@link readPrompts} adds file and path. */
  readonly wrong: readonly (Pick<Fault, "code" | "message" | "hint" | "received"> & { readonly line: number })[];
}

const FORMATS: {
  readonly [F in FileSource["format"]]: (source: FileSource, files: Files, path: string) => Reading | undefined;
} = {
  jsonl: readJsonl,
  csv: readCsv,
  text: readTextFile,
};

/** More faults than this in one file are counted, not listed. */
const LISTED = 10;

/** Reads a user's prompt file; what is wrong goes to `files.faults`, and the answer then is what could be read. */
export function readPrompts(source: FileSource, files: Files, path: string): readonly PromptEntry[] {
  const { file } = source;
  const reading = FORMATS[source.format](source, files, `${path}.file`);
  if (reading === undefined) return [];
  for (const { line, ...fault } of reading.wrong.slice(0, LISTED)) {
    files.faults.push({ ...fault, message: `${file}, line ${line}: ${fault.message}`, path, file, line });
  }
  if (reading.wrong.length > LISTED) {
    files.faults.push({
      code: "WORKLOAD_MORE_FAULTS",
      message: `${file} has ${reading.wrong.length - LISTED} more lines that cannot be used`,
      path,
      file,
      hint: "Mend the lines above first; the others are likely the same.",
    });
  }
  if (reading.found.length === 0 && reading.wrong.length === 0) {
    files.faults.push(emptyFile(file, `${path}.file`, "Add at least one prompt."));
  }
  const name = basename(file);
  const taken = new Set<string>();
  return reading.found.map(({ line, entry }) => {
    const own = `${name}:${entry.id ?? line}`;
    const id = taken.has(own) ? `${name}:line-${line}` : own;
    taken.add(id);
    return { ...entry, id };
  });
}

function readJsonl(source: FileSource, files: Files, path: string): Reading | undefined {
  const text = files.text(source.file, path);
  if (text === undefined) return undefined;
  const found: Found[] = [];
  const wrong: Reading["wrong"][number][] = [];
  text.split("\n").forEach((raw, i) => {
    const line = i + 1;
    if (raw.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(raw);
    } catch {
      wrong.push({
        code: "WORKLOAD_JSON_INVALID",
        message: "not JSON",
        line,
        received: raw.slice(0, 80),
        hint: "Write one JSON value a line, or set `format: text`.",
      });
      return;
    }
    const entry = entryOfJson(value, source.field);
    if (typeof entry === "string") {
      wrong.push({
        code: "WORKLOAD_PROMPT_MISSING",
        message: entry,
        line,
        received: raw.slice(0, 80),
        hint: "Name the prompt's field with `field`, or use prompt, text, question, turns or messages.",
      });
    } else {
      found.push({ line, entry });
    }
  });
  return { found, wrong };
}

function readCsv(source: FileSource, files: Files, path: string): Reading | undefined {
  const table = files.csv(source.file, path);
  if (table === undefined) return undefined;
  const index = source.field === undefined ? 0 : table.header.indexOf(source.field);
  if (index < 0) {
    files.faults.push({
      code: "WORKLOAD_COLUMN_MISSING",
      message: `${source.file} has no column ${source.field}`,
      path: path.replace(/\.file$/, ".field"),
      file: source.file,
      line: 1,
      received: source.field ?? "",
      hint: `Name one of its columns: ${table.header.slice(0, 20).join(", ")}.`,
    });
    return undefined;
  }
  const found: Found[] = [];
  const wrong: Reading["wrong"][number][] = [];
  for (const { line, cells } of table.rows) {
    const prompt = cells[index] ?? "";
    if (prompt.trim() !== "") found.push({ line, entry: { turns: [prompt] } });
    else
      wrong.push({
        code: "WORKLOAD_PROMPT_MISSING",
        message: "the prompt is empty",
        line,
        hint: "Fill the cell, or remove the row.",
      });
  }
  return { found, wrong };
}

/** One prompt a line, blank lines apart; or blocks between lines of `---` where the file has such a line. */
function readTextFile(source: FileSource, files: Files, path: string): Reading | undefined {
  const text = files.text(source.file, path);
  if (text === undefined) return undefined;
  const lines = text.split(/\r?\n/);
  const isRule = (line: string): boolean => /^---\s*$/.test(line);
  const found: Found[] = [];
  if (!lines.some(isRule)) {
    lines.forEach((raw, i) => {
      if (raw.trim() !== "") found.push({ line: i + 1, entry: { turns: [raw.trim()] } });
    });
    return { found, wrong: [] };
  }
  let block: string[] = [];
  let begun = 1;
  [...lines, "---"].forEach((raw, i) => {
    if (!isRule(raw)) {
      if (block.length === 0) begun = i + 1;
      if (block.length > 0 || raw.trim() !== "") block.push(raw);
      return;
    }
    const prompt = block.join("\n").trim();
    if (prompt !== "") found.push({ line: begun, entry: { turns: [prompt] } });
    block = [];
  });
  return { found, wrong: [] };
}
