import { readFile } from "node:fs/promises";
import { EXIT, PlimsollError } from "../../base/index.ts";

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "There is no such file.",
  EISDIR: "It is a folder, not a file.",
  EACCES: "The file may not be read.",
};

/** The text of a file that a fit was pointed at. Throws a PlimsollError (exit code 104) with this code where it cannot be read. */
export async function readText(file: string, code: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const errno = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!/^E[A-Z]+$/.test(errno)) throw error;
    throw new PlimsollError(
      {
        code,
        file,
        message: WHY[errno] ?? `The file cannot be read (${errno}).`,
        hint: "Check the path: it has to be a file that you may read.",
      },
      EXIT.planInvalid,
      { cause: error },
    );
  }
}
