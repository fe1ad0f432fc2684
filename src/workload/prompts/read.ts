import { basename } from "node:path";
import type { PromptFormat } from "../../plan/index.ts";
import type { Files } from "../files.ts";
import { type RecordFile, recordFile } from "../records/record-file.ts";
import { csvReading } from "./csv-entry.ts";
import { type Entries, NOTHING, type PromptEntry } from "./entry.ts";
import { columnsOf, type FileSource, type Found } from "./found.ts";
import type { Shape } from "./json-entry.ts";
import { jsonReading } from "./json-lines.ts";
import { parquetLines } from "./parquet.ts";
import { textReading } from "./text-entry.ts";

const READERS: {
  readonly [F in PromptFormat]: (source: FileSource, files: Files, path: string) => RecordFile<Found> | undefined;
} = {
  jsonl: (source, files, path) => recordFile(source.file, path, files, () => jsonReading(columnsOf(source))),
  csv: (source, files, path) => recordFile(source.file, path, files, () => csvReading(source, files, path)),
  parquet: (source, files, path) => {
    const lines = parquetLines(source.file, files, path);
    return lines === undefined
      ? undefined
      : recordFile(lines, path, files, () => jsonReading(columnsOf(source)), source.file);
  },
  text: (source, files, path) => recordFile(source.file, path, files, () => textReading(source.file)),
};

export interface FileEntries extends Entries {
  /** What its first records turned out to be: `MT-Bench questions`. */
  readonly shape: string;
}

/** Records whose shapes are told. */
const LOOKED_AT = 1000;

/** Reads a user's prompt file; what is wrong goes to `files.faults`, and the answer then is what could be read. */
export function readPrompts(source: FileSource, files: Files, path: string): FileEntries {
  const records = READERS[source.format](source, files, path);
  if (records === undefined) return { size: 0, shape: "prompts", at: () => NOTHING };
  const name = basename(source.file);
  const shapes = new Set<Shape>();
  for (let i = 0; i < Math.min(records.size, LOOKED_AT); i++) {
    const found = records.at(i);
    if (found !== undefined) shapes.add(found.shape);
  }
  const shape = [...shapes].join(" and ");
  if (records.onDisk)
    return {
      size: records.size,
      shape,
      at: (index) => {
        const found = records.at(index);
        return found === undefined ? NOTHING : { ...found.entry, id: `${name}:${found.entry.id ?? found.line}` };
      },
    };
  const taken = new Set<string>();
  const entries = Array.from({ length: records.size }, (_, index): PromptEntry => {
    const found = records.at(index);
    if (found === undefined) return NOTHING;
    const own = `${name}:${found.entry.id ?? found.line}`;
    const id = taken.has(own) ? `${name}:line-${found.line}` : own;
    taken.add(id);
    return { ...found.entry, id };
  });
  return { size: entries.length, shape, at: (index) => entries[index] ?? NOTHING };
}
