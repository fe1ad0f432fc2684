import { closeSync, openSync, readSync } from "node:fs";
import type { Splitter } from "./splitters.ts";

/** One record of a file. `bytes` holds until the visit returns. */
export interface ByteRecord {
  readonly bytes: Buffer;
  /** 1-based line on which it begins. */
  readonly line: number;
  /** Bytes from the file's start. */
  readonly offset: number;
}

const CHUNK = 1024 ** 2;
/** A record beyond this is no prompt. */
const LARGEST = 64 * 1024 ** 2;

export interface Scanned {
  /** The line on which a quote opened that never closed. */
  readonly openQuote?: number;
  /** The line on which a record begins that is larger than 64 MiB; what follows was not read. */
  readonly tooLong?: number;
}

/**
 * Visits every record of a file in order, in memory for one chunk and the longest record. Line ends (LF, CRLF) and a byte-order mark are no part of
 * a record. Throws what the system says of a file that cannot be read.
 */
export function scan(file: string, splitter: Splitter, visit: (record: ByteRecord) => void): Scanned {
  const handle = openSync(file, "r");
  try {
    let buffer = Buffer.allocUnsafe(CHUNK);
    let filled = 0;
    let base = 0;
    let line = 1;
    for (;;) {
      const read = readSync(handle, buffer, filled, buffer.length - filled, null);
      let look = filled;
      filled += read;
      let begin = base === 0 && hasMark(buffer, filled) ? 3 : 0;
      look = Math.max(look, begin);
      for (let end = splitter.end(buffer, look, filled); end >= 0; end = splitter.end(buffer, look, filled)) {
        visit({ bytes: trimmed(buffer, begin, end), line, offset: base + begin });
        line += splitter.inner + 1;
        begin = end + 1;
        look = begin;
      }
      if (read === 0) {
        const opened = splitter.open();
        if (opened !== undefined) return { openQuote: line + opened };
        if (filled > begin) visit({ bytes: trimmed(buffer, begin, filled), line, offset: base + begin });
        return {};
      }
      if (begin === 0 && filled === buffer.length) {
        if (buffer.length >= LARGEST) return { tooLong: line };
        const larger = Buffer.allocUnsafe(buffer.length * 2);
        buffer.copy(larger, 0, 0, filled);
        buffer = larger;
      } else if (begin > 0) {
        buffer.copy(buffer, 0, begin, filled);
        base += begin;
        filled -= begin;
      }
    }
  } finally {
    closeSync(handle);
  }
}

function hasMark(buffer: Buffer, filled: number): boolean {
  return filled >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;
}

function trimmed(buffer: Buffer, begin: number, end: number): Buffer {
  return buffer.subarray(begin, end > begin && buffer[end - 1] === 0x0d ? end - 1 : end);
}
