import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { invalid } from "./resolve.ts";

const LARGEST = 10 * 1024 * 1024;

/** The text of a file's bytes; a fault where they are not UTF-8. */
export function decode(bytes: Uint8Array, file: string): string {
  let text: string | undefined;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  // UTF-16 without a byte-order mark decodes, with a zero beside every letter.
  if (text !== undefined && !text.includes("\0")) return text;
  throw invalid([{ code: "PLAN_ENCODING", file, message: "the file is not UTF-8", hint: "Save it as UTF-8." }]);
}

/** Throws a fault unless a readable file of sensible size is there. */
export async function requireFile(full: string, file: string, whenMissing: string): Promise<void> {
  const fault = (message: string, hint: string) =>
    invalid([{ code: "PLAN_FILE", file, message, received: file, hint }]);
  let size: number;
  try {
    const found = await stat(full);
    if (!found.isFile()) throw fault("this is no file", "Name the plan's file.");
    await access(full, constants.R_OK);
    size = found.size;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") throw fault("there is no such file", whenMissing);
    if (code?.startsWith("E")) throw fault(`the file cannot be read (${code})`, "Check its permissions.");
    throw error;
  }
  if (size > LARGEST) throw fault("the file is larger than any plan (10 MiB)", "Keep prompts in files of their own.");
}
