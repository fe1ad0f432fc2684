import { readFile } from "node:fs/promises";
import { EXIT, PlimsollError } from "../../base/index.ts";

/** The text of a file that a fit was pointed at. Throws a PlimsollError (exit code 104) with this code where it cannot be read. */
export async function readText(file: string, code: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const errno = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!/^E[A-Z]+$/.test(errno)) throw error;
    throw new PlimsollError(
      { code, file, message: `The file cannot be read (${errno}).`, hint: "Check the path." },
      EXIT.planInvalid,
      { cause: error },
    );
  }
}
