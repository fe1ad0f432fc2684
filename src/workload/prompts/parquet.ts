import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startThread } from "../../base/index.ts";
import { type Files, unreadable } from "../files.ts";

/** What the thread that converts is told, and where it tells how it ended. */
export interface ParquetStart {
  readonly from: string;
  readonly to: string;
  /** [0]: 0 while it works, then 1 or 2 (failed); [1]: bytes of the message that follows. */
  readonly state: SharedArrayBuffer;
}

export const PARQUET_MESSAGE_BYTES = 1000;
/** ms */
const LONGEST = 600_000;

/**
 * A Parquet file as JSON Lines, written once into the folder of temporary files and found there by the other threads: reading is
 * synchronous, and memory stays bounded however large the file. Undefined: a fault was noted.
 */
export function parquetLines(file: string, files: Files, path: string): string | undefined {
  let to: string;
  try {
    const { size, mtimeMs } = statSync(file);
    const key = createHash("sha256").update(`${file}:${size}:${mtimeMs}`).digest("hex").slice(0, 16);
    const folder = join(tmpdir(), `plimsoll-prompts-${process.getuid?.() ?? 0}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    to = join(folder, `${basename(file)}-${key}.jsonl`);
  } catch (error) {
    files.faults.push(unreadable(error, file, path));
    return undefined;
  }
  if (existsSync(to)) return to;
  const part = `${to}.${process.pid}.part`;
  const failed = convert(file, part);
  if (failed !== undefined) {
    rmSync(part, { force: true });
    files.faults.push({
      code: "WORKLOAD_PARQUET_INVALID",
      message: `${file} cannot be read as Parquet: ${failed}`,
      path,
      file,
      hint: "Check that the file is whole, and that `format` says what it is.",
    });
    return undefined;
  }
  renameSync(part, to);
  process.once("exit", () => rmSync(to, { force: true }));
  return to;
}

/** Waits for a thread that does it, since the database's own interface cannot be waited for; what went wrong, or undefined. */
function convert(from: string, to: string): string | undefined {
  const state = new SharedArrayBuffer(8 + PARQUET_MESSAGE_BYTES);
  const words = new Int32Array(state, 0, 2);
  const start: ParquetStart = { from, to, state };
  const thread = startThread(import.meta.url, "parquet-thread", { workerData: start });
  const ended = Atomics.wait(words, 0, 0, LONGEST);
  void thread.terminate();
  if (ended === "timed-out") return "it takes longer than ten minutes";
  if (words[0] === 1) return undefined;
  return Buffer.from(state, 8, words[1] ?? 0).toString();
}
