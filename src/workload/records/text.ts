import type { Wrong } from "./record-file.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** The text of a record, or that it is none. */
export function decoded(bytes: Buffer): string | Wrong {
  try {
    return DECODER.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { code: "WORKLOAD_FILE_NOT_UTF8", message: "not UTF-8 text", hint: "Save the file as UTF-8." };
  }
}

/** Something besides spaces and line ends. */
export function holdsText(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > 0x20) return true;
  return false;
}
