import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { EXIT, PlimsollError } from "../base/index.ts";
import { MANIFEST_FILE } from "./manifest.ts";

/**
 * The run folder that a path means: itself, or for `<runs>/latest` the newest run in `<runs>` (names begin with the time). Throws
 * PlimsollError RUN_NOT_FOUND (exit code 104).
 */
export async function resolveRun(path: string): Promise<string> {
  const full = resolve(path);
  if (await isRun(full)) return full;
  if (basename(full) === "latest") {
    const root = dirname(full);
    const names = await readdir(root).catch((error: unknown) => {
      throw notFound(`${root} cannot be read`, error);
    });
    for (const name of names.sort().reverse()) if (await isRun(join(root, name))) return join(root, name);
    throw notFound(`there is no run in ${root}`);
  }
  throw notFound(`${full} is no run folder: it has no ${MANIFEST_FILE}`);
}

async function isRun(path: string): Promise<boolean> {
  try {
    return (await stat(join(path, MANIFEST_FILE))).isFile();
  } catch {
    return false;
  }
}

function notFound(message: string, cause?: unknown): PlimsollError {
  return new PlimsollError(
    { code: "RUN_NOT_FOUND", message, hint: "Give the folder of a run, or `latest` inside the folder of runs." },
    EXIT.planInvalid,
    { cause },
  );
}
