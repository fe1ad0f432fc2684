import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { BOUNDS } from "./bounds.ts";
import type { Source } from "./types.ts";
import { unreadable } from "./unreadable.ts";

/** The text of a file, or with `-` of standard input; bounded. Throws PlimsollError `INIT_UNREADABLE` (104). */
export async function readSource(
  file: string,
  cwd: string,
  input: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const take = async (from: AsyncIterable<Uint8Array | string>): Promise<void> => {
    for await (const chunk of from) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > BOUNDS.file)
        throw unreadable(
          file,
          "the file is larger than 64 MiB",
          "Keep the requests that matter, without pictures and scripts.",
        );
      chunks.push(bytes);
    }
  };
  if (file === "-") await take(input);
  else await take(await opened(file, cwd));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw unreadable(file, "the file is not UTF-8", "Save it as UTF-8.");
  }
}

async function opened(file: string, cwd: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    const handle = await open(resolve(cwd, file));
    if (!(await handle.stat()).isFile()) {
      await handle.close();
      throw unreadable(file, "this is no file", "Name a file, or - for standard input.");
    }
    return handle.createReadStream();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!/^E[A-Z]+$/.test(code)) throw error;
    throw unreadable(
      file,
      code === "ENOENT" ? "there is no such file" : `the file cannot be read (${code})`,
      "Check the path.",
    );
  }
}

/** A text, and what it is as JSON. */
export function sourceOf(name: string, text: string): Source {
  const clean = text.replace(/^\ufeff/, "");
  return { name, text: clean, json: /^\s*\{/.test(clean) ? jsonOf(clean) : undefined };
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
