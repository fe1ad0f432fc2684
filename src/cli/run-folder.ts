import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";

/** The folder that a person means by a path, by a run's name, or by `latest`. */
export function runFolder(name: string, runs: string, cwd: string): string {
  const path = resolve(cwd, name);
  if (isAbsolute(name) || existsSync(path)) return path;
  return join(resolve(cwd, runs), name);
}
