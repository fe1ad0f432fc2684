import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";

/** The folder that a person means by a path, by a run's name, or by `latest`, which may stand inside a folder of runs. */
export function runFolder(name: string, runs: string, cwd: string): string {
  const path = resolve(cwd, name);
  const inside = basename(path) === "latest" && existsSync(dirname(path)) && name !== "latest";
  if (isAbsolute(name) || existsSync(path) || inside) return path;
  return join(resolve(cwd, runs), name);
}
