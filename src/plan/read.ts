import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { buffer as readBytes } from "node:stream/consumers";
import { decode, requireFile } from "./data-file.ts";
import { loadModule } from "./module.ts";
import { invalid, type ReadOptions, type ReadResult, resolveSource } from "./resolve.ts";
import { parseYaml } from "./yaml.ts";

const DATA = new Set([".yaml", ".yml", ".json"]);
const MODULES = new Set([".ts", ".mts", ".js", ".mjs"]);

/**
 * Reads a plan from a .yaml, .yml, .json, .ts, .mts, .js or .mjs file, or YAML or JSON from standard input (`-`). Throws a PlimsollError
 * (exit code 104) that carries every fault at once.
 */
export async function readPlan(file: string, options: ReadOptions = {}): Promise<ReadResult> {
  const cwd = resolve(options.cwd ?? process.cwd());
  if (file === "-") return readText(await readBytes(process.stdin), file, cwd, options);
  const full = resolve(cwd, file);
  const base = dirname(full);
  await requireFile(full, file, "Check the path; `plimsoll init` writes a plan to start from.");
  const ending = extname(full).toLowerCase();
  if (DATA.has(ending)) return readText(await readFile(full), file, base, options);
  if (!MODULES.has(ending)) {
    throw invalid([
      {
        code: "PLAN_FILE",
        file,
        message: "the file's ending says not what it is",
        received: ending || file,
        hint: `Name it .yaml, .json or .ts (also ${[...DATA, ...MODULES].filter((known) => ![".yaml", ".json", ".ts"].includes(known)).join(", ")}).`,
      },
    ]);
  }
  return resolveSource(
    await loadModule(full, file),
    { ...options, file, base },
    { locate: () => undefined, problems: [] },
  );
}

function readText(bytes: Uint8Array, file: string, base: string, options: ReadOptions): ReadResult {
  const { raw, locate, problems } = parseYaml(decode(bytes, file));
  return resolveSource(raw, { ...options, file, base }, { locate, problems });
}
