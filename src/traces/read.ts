import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { type Fault, formatDuration } from "../base/index.ts";
import { isServeGen, readServeGen, SERVEGEN } from "./formats/servegen.ts";
import { LineSplitter } from "./lines.ts";
import { TraceParser, type TraceSource } from "./parser.ts";
import { Reorder } from "./reorder.ts";
import type { TraceFormat, TraceRow } from "./types.ts";

/** What is known of a trace beside its rows. */
export interface TraceFacts {
  /** Undefined for what is no trace; there are faults then. */
  readonly format: TraceFormat | undefined;
  readonly faults: readonly Fault[];
}

/** Told of each row, in order of time; false ends the reading. */
export type EachRow = (row: TraceRow, format: TraceFormat) => boolean;

const CHUNK = 1 << 20;
/** Unpacked bytes of a packed trace that a replay reads in one piece. */
const MOST_UNPACKED = 1 << 30;

/** Reads a trace from its beginning, in bounded memory; a packed file (gzip) is unpacked in one piece, of at most a GiB. */
export function readTrace(source: TraceSource, each: EachRow): TraceFacts {
  if (isServeGen(source)) return readServeGen(source.file, (row) => each(row, SERVEGEN));
  const reading = new Reading(source, each);
  try {
    for (const chunk of chunksOf(source.file)) if (!reading.push(chunk)) break;
  } catch (error) {
    return { format: undefined, faults: [unreadable(source.file, error)] };
  }
  return reading.end();
}

/** The same for a caller that may wait: packed files of any size are unpacked as they are read. */
export async function streamTrace(source: TraceSource, each: EachRow): Promise<TraceFacts> {
  if (isServeGen(source)) return readServeGen(source.file, (row) => each(row, SERVEGEN));
  const reading = new Reading(source, each);
  try {
    for await (const chunk of streamOf(source.file)) {
      if (!Buffer.isBuffer(chunk) || !reading.push(chunk)) break;
    }
  } catch (error) {
    return { format: undefined, faults: [unreadable(source.file, error)] };
  }
  return reading.end();
}

class Reading {
  readonly #parser: TraceParser;
  readonly #lines: LineSplitter;
  readonly #rows: Reorder<TraceRow>;

  constructor(source: TraceSource, each: EachRow) {
    this.#parser = new TraceParser(source);
    this.#rows = new Reorder((row) => {
      const { format } = this.#parser;
      return format !== undefined && each(row, format);
    });
    this.#lines = new LineSplitter((text, number) => {
      const row = this.#parser.line(text, number);
      if (row !== undefined) {
        const late = this.#rows.push(row);
        if (late > 0) this.#parser.disorder(number, formatDuration(Math.ceil(late / 1000) * 1000));
      }
      return this.#rows.wanted && !this.#parser.hopeless;
    });
  }

  push(chunk: Buffer): boolean {
    return this.#lines.push(chunk);
  }

  end(): TraceFacts {
    if (this.#rows.wanted && !this.#parser.hopeless) this.#lines.end();
    this.#rows.end();
    return { format: this.#parser.format, faults: this.#parser.faults() };
  }
}

function isPacked(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function* chunksOf(file: string): Generator<Buffer, void> {
  const handle = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(CHUNK);
    let length = readSync(handle, buffer, 0, CHUNK, 0);
    if (isPacked(buffer.subarray(0, length))) {
      yield gunzipSync(readFileSync(file), { maxOutputLength: MOST_UNPACKED });
      return;
    }
    for (let at = 0; length > 0; length = readSync(handle, buffer, 0, CHUNK, at)) {
      yield buffer.subarray(0, length);
      at += length;
    }
  } finally {
    closeSync(handle);
  }
}

function streamOf(file: string): Readable {
  const head = Buffer.alloc(2);
  const handle = openSync(file, "r");
  try {
    readSync(handle, head, 0, 2, 0);
  } finally {
    closeSync(handle);
  }
  const stream = createReadStream(file, { highWaterMark: CHUNK });
  if (!isPacked(head)) return stream;
  const unpacked = createGunzip();
  stream.on("error", (error) => unpacked.destroy(error));
  return stream.pipe(unpacked);
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: "Check the path.",
  EISDIR: "Name a file; of folders only those of ServeGen's clients are read.",
  ERR_BUFFER_TOO_LARGE: "Unpack the file first: it holds more than 1 GiB.",
};

function unreadable(file: string, error: unknown): Fault {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === undefined) throw error;
  const isDamaged = code.startsWith("Z_");
  return {
    code: "TRACE_UNREADABLE",
    message: `${file} cannot be read (${code})`,
    file,
    received: file,
    hint: isDamaged
      ? "Pack the file anew: it is damaged, or its end is missing."
      : (HINTS[code] ?? "Make the file readable to the user that runs the test."),
  };
}

/** What of a file changes when its content does: its size and its time of change; undefined where it cannot be told. */
export function fingerprint(file: string): string | undefined {
  try {
    const { size, mtimeMs } = statSync(file);
    return `${size} ${mtimeMs}`;
  } catch {
    return undefined;
  }
}
