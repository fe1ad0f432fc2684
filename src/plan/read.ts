import { constants } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { buffer as readBytes } from "node:stream/consumers";
import { loadModule } from "./module.ts";
import { invalid, type ReadOptions, type ReadResult, resolveSource } from "./resolve.ts";
import { parseYaml } from "./yaml.ts";

const DATA = new Set([".yaml", ".yml", ".json"]);
const MODULES = new Set([".ts", ".mts", ".js", ".mjs"]);
const LARGEST = 10 * 1024 * 1024;

/**
 * Reads a plan from a .yaml, .yml, .json, .ts, .mts, .js or .mjs file, or YAML or JSON from standard input (`-`). Throws a PlimsollError
 * (exit code 104) that carries every fault at once.
 */
export async function readPlan(file: string, options: ReadOptions = {}): Promise<ReadResult> {
  const cwd = resolve(options.cwd ?? process.cwd());
  if (file === "-") return readText(await readBytes(process.stdin), file, cwd, options);
  const full = resolve(cwd, file);
  const base = dirname(full);
  await requireFile(full, file);
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

function decode(bytes: Uint8Array, file: string): string {
  let text: string | undefined;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  // UTF-16 without a byte-order mark decodes, with a zero beside every letter.
  if (text !== undefined && !text.includes("\0")) return text;
  throw invalid([{ code: "PLAN_ENCODING", file, message: "the file is not UTF-8", hint: "Save it as UTF-8." }]);
}

async function requireFile(full: string, file: string): Promise<void> {
  const fault = (message: string, hint: string) =>
    invalid([{ code: "PLAN_FILE", file, message, received: file, hint }]);
  let size: number;
  try {
    const found = await stat(full);
    if (!found.isFile()) throw fault("this is no file", "Name the plan's file.");
    await access(full, constants.R_OK);
    size = found.size;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw fault("there is no such file", "Check the path; `plimsoll init` writes a plan to start from.");
    }
    if (code?.startsWith("E")) throw fault(`the file cannot be read (${code})`, "Check its permissions.");
    throw error;
  }
  if (size > LARGEST) throw fault("the file is larger than any plan (10 MiB)", "Keep prompts in files of their own.");
}
