import { isAbsolute, relative } from "node:path";
import type { Summary, Verdict } from "../analyse/index.ts";
import { PlimsollError } from "../base/index.ts";

/**
 * Writes a run's page, and tells in one line where it is. A page that cannot be written (a folder that may only be read, a full disk) costs the
 * reader the page and nothing else: the line says why.
 */
export async function writeRunPage(summary: Summary, verdict: Verdict, cwd: string): Promise<string> {
  const { writePage } = await import("../report/index.ts");
  const { folder } = summary.run;
  try {
    return `Report      ${near(await writePage(folder, summary, verdict), cwd)}\n`;
  } catch (error) {
    const isSystems = error instanceof Error && "syscall" in error;
    if (!isSystems && !(error instanceof PlimsollError)) throw error;
    return `Report      not written: ${error.message}\n`;
  }
}

/** A path as a person in this folder would name it. */
function near(path: string, cwd: string): string {
  const way = relative(cwd, path);
  return way.startsWith("..") || isAbsolute(way) ? path : way;
}
