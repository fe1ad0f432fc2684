import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EXIT, PlimsollError } from "../base/index.ts";

/** Writes a text file. With a hint, a file that is there already stays, and the hint is the way out (`FILE_EXISTS`, exit code 104). */
export async function writeNew(file: string, text: string, cwd: string, hint: string | undefined): Promise<void> {
  try {
    await writeFile(resolve(cwd, file), text, { flag: hint === undefined ? "w" : "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "EEXIST" && hint !== undefined)
      throw new PlimsollError({ code: "FILE_EXISTS", message: `${file} is there already.`, hint }, EXIT.planInvalid, {
        cause: error,
      });
    if (!/^E[A-Z]+$/.test(code)) throw error;
    throw new PlimsollError(
      {
        code: "FILE_UNWRITABLE",
        message: `${file} cannot be written (${code}).`,
        hint: "Name a file in a folder that is there and that you may write to.",
      },
      EXIT.planInvalid,
      { cause: error },
    );
  }
}

/** Says of a file that is there already what `writeNew` would say, before minutes of work that it would lose. */
export function mustBeNew(file: string, cwd: string): void {
  if (!existsSync(resolve(cwd, file))) return;
  throw new PlimsollError(
    { code: "FILE_EXISTS", message: `${file} is there already.`, hint: "Name another file." },
    EXIT.planInvalid,
  );
}
