import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = resolve(fileURLToPath(import.meta.url), "../../..");
export const BENCH = join(REPOSITORY, "bench");

/** A git-ignored folder under bench/, made when absent. */
export function benchFolder(name: ".build" | "results"): string {
  const folder = join(BENCH, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A new temporary folder; the caller removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
}
