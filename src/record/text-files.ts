import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** One line of `texts/*.jsonl`. */
export interface TextLine {
  readonly session: number;
  readonly turn: number;
  readonly attempt: number;
  readonly prompt: string;
  readonly answer: string;
}

/** A file that grows beyond this is followed by the next. */
const FILE_BYTES = 64 * 1024 ** 2;

/** Halves of surrogate pairs that stand alone: JSON can say them, but no reader of UTF-8 takes them. */
const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function wellFormed(part: unknown): unknown {
  return typeof part === "string" ? part.replace(LONE, "\uFFFD") : part;
}

/** Appends texts line by line; each line is with the kernel when `write` returns. */
export class TextFiles {
  readonly #folder: string;
  readonly #redact: (text: string) => string;
  readonly #limit: number;
  #handle: number | undefined;
  #number = 0;
  #bytes = 0;

  constructor(folder: string, redact: (text: string) => string, limit = FILE_BYTES) {
    this.#folder = folder;
    this.#redact = redact;
    this.#limit = limit;
  }

  write(line: TextLine): void {
    const bytes = Buffer.from(`${this.#redact(JSON.stringify(line, (_, part: unknown) => wellFormed(part)))}\n`);
    if (this.#handle === undefined || this.#bytes + bytes.length > this.#limit) this.#next();
    if (this.#handle !== undefined) writeWhole(this.#handle, bytes);
    this.#bytes += bytes.length;
  }

  close(): void {
    if (this.#handle === undefined) return;
    fsyncSync(this.#handle);
    closeSync(this.#handle);
    this.#handle = undefined;
  }

  #next(): void {
    this.close();
    this.#number++;
    this.#handle = openSync(join(this.#folder, `${String(this.#number).padStart(6, "0")}.jsonl`), "a");
    this.#bytes = 0;
  }
}

/** A short write (a disk that fills up) is continued until it ends or fails. */
export function writeWhole(handle: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
}
