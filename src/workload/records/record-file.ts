import { openSync, readSync, statSync } from "node:fs";
import type { Fault } from "../../base/index.ts";
import { emptyFile, type Files, unreadable } from "../files.ts";
import { OffsetList } from "./offset-list.ts";
import { scan } from "./scan.ts";
import type { Splitter } from "./splitters.ts";

/** Files up to this size are held as they were parsed; of larger ones only where each record begins is held. */
const HELD_BYTES = 16 * 1024 ** 2;
/** Where records begin takes 24 bytes each. */
const MOST_RECORDS = 20_000_000;
/** More faults than this in one file are counted, not listed. */
const LISTED = 10;

/** What is wrong with a record; place, file and line are added. */
export type Wrong = Pick<Fault, "code" | "message" | "hint" | "received">;

/** How the records of a file are read. */
export interface Reading<T> {
  readonly splitter: Splitter;
  /** Takes the first record, which is then none of those to draw from; false: there is no use in reading on. */
  readonly header?: (bytes: Buffer) => boolean;
  /** Whether there is anything to draw in these bytes; cheap. */
  holds(bytes: Buffer): boolean;
  /** Called again with the same bytes and line when the record of a large file is drawn. */
  parse(bytes: Buffer, line: number): T | Wrong;
}

/** Records of a file by number. */
export interface RecordFile<T> {
  readonly size: number;
  /** Not all of it is in memory: names that its records give themselves were not compared. */
  readonly onDisk: boolean;
  at(index: number): T | undefined;
}

export function isWrong(value: unknown): value is Wrong {
  return typeof value === "object" && value !== null && "hint" in value && "code" in value;
}

/**
 * Reads a file once, whole, and notes what is wrong with it in `files.faults`. Undefined where nothing can be drawn from it. Memory is that of a small
 * file, or 24 bytes a record of a large one.
 */
export function recordFile<T extends object>(
  file: string,
  path: string,
  files: Files,
  /** Called once, and may look into the file. */
  read: () => Reading<T>,
  /** What faults call it. */
  named = file,
): RecordFile<T> | undefined {
  const fault = (rest: Wrong & { readonly line?: number }): void => {
    files.faults.push({ ...rest, path, file: named });
  };
  const held: T[] = [];
  const places = new OffsetList();
  let wrong = 0;
  let useless = false;
  try {
    const { splitter, header, holds, parse } = read();
    let begun = header === undefined;
    const large = statSync(file).size > HELD_BYTES;
    const { openQuote, tooLong } = scan(file, splitter, ({ bytes, line, offset }) => {
      if (useless || !holds(bytes)) return;
      if (!begun) {
        begun = true;
        useless = header?.(Buffer.from(bytes)) === false;
        return;
      }
      // A large file was read whole once, before the run; its records need only be found.
      if (large && files.checked) {
        places.add(offset, bytes.length, line);
        return;
      }
      const value = parse(bytes, line);
      if (isWrong(value)) {
        if (wrong++ < LISTED) fault({ ...value, message: `${named}, line ${line}: ${value.message}`, line });
      } else if (large) places.add(offset, bytes.length, line);
      else held.push(value);
    });
    if (useless) return undefined;
    if (openQuote !== undefined) fault(openQuoteAt(named, openQuote));
    if (tooLong !== undefined) fault(tooLongAt(named, tooLong));
    if (places.size > MOST_RECORDS) fault(tooMany(named));
    if (wrong > LISTED) fault(moreWrong(named, wrong - LISTED));
    if (wrong + held.length + places.size === 0 && openQuote === undefined)
      files.faults.push(emptyFile(named, path, "Add at least one record."));
    if (large) return onDisk(file, places, parse);
  } catch (error) {
    files.faults.push(unreadable(error, named, path));
    return undefined;
  }
  return { size: held.length, onDisk: false, at: (index) => held[index] };
}

function openQuoteAt(file: string, line: number): Wrong & { readonly line: number } {
  return {
    code: "WORKLOAD_CSV_OPEN_QUOTE",
    message: `${file} opens a quote on line ${line} that never closes`,
    line,
    hint: "Close the quote, or double it where the text holds one.",
  };
}

function tooLongAt(file: string, line: number): Wrong & { readonly line: number } {
  return {
    code: "WORKLOAD_RECORD_TOO_LONG",
    message: `${file}, line ${line}: the record is larger than 64 MiB`,
    line,
    hint: "Split it, or check the file's line ends and quotes.",
  };
}

function tooMany(file: string): Wrong {
  return {
    code: "WORKLOAD_FILE_TOO_LONG",
    message: `${file} has more than ${MOST_RECORDS} records`,
    hint: "Take a sample of the file's lines.",
  };
}

function moreWrong(file: string, count: number): Wrong {
  return {
    code: "WORKLOAD_MORE_FAULTS",
    message: `${file} has ${count} more lines that cannot be used`,
    hint: "Mend the lines above first; the others are likely the same.",
  };
}

function onDisk<T>(file: string, places: OffsetList, parse: Reading<T>["parse"]): RecordFile<T> {
  let handle: number | undefined;
  return {
    size: places.size,
    onDisk: true,
    at: (index) => {
      handle ??= openSync(file, "r");
      const { offset, length, line } = places.at(index);
      const bytes = Buffer.allocUnsafe(length);
      readSync(handle, bytes, 0, length, offset);
      const value = parse(bytes, line);
      return isWrong(value) ? undefined : value;
    },
  };
}
