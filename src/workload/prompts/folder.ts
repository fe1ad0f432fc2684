import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { emptyFile, type Files, unreadable } from "../files.ts";
import { isWrong } from "../records/record-file.ts";
import { decoded } from "../records/text.ts";
import { type Entries, NOTHING } from "./entry.ts";

/** Texts of a folder that are held; beyond it they are read again when drawn. */
const HELD_BYTES = 16 * 1024 ** 2;
/** One file that is larger is no prompt. */
const LARGEST = 64 * 1024 ** 2;

/**
 * Every file of a folder and of the folders in it as a prompt, in the order of their paths; files that begin with a dot are passed over. What is
 * wrong goes to `files.faults`.
 */
export function folderPrompts(folder: string, files: Files, path: string): Entries {
  const names: string[] = [];
  const texts = new Map<number, string>();
  let held = 0;
  const fault = (code: string, name: string, message: string, hint: string): void => {
    files.faults.push({ code, message: `${name} ${message}`, path, file: name, hint });
  };
  try {
    for (const name of filesBelow(folder)) {
      const { size } = statSync(name);
      if (size > LARGEST) {
        fault("WORKLOAD_RECORD_TOO_LONG", name, "is larger than 64 MiB", "Split it, or move it elsewhere.");
        continue;
      }
      const text = files.checked && held >= HELD_BYTES ? undefined : decoded(readFileSync(name));
      if (isWrong(text)) fault(text.code, name, `is ${text.message}`, "Save it as UTF-8, or move it elsewhere.");
      else if (text?.trim() === "") fault("WORKLOAD_PROMPT_MISSING", name, "is empty", "Fill it, or remove it.");
      else {
        held += size;
        if (text !== undefined && held <= HELD_BYTES) texts.set(names.length, text);
        names.push(name);
      }
    }
    if (names.length === 0 && files.faults.every((known) => known.path !== path))
      files.faults.push(emptyFile(folder, path, "Put at least one file into it."));
  } catch (error) {
    files.faults.push(unreadable(error, folder, path));
  }
  return {
    size: names.length,
    at: (index) => {
      const name = names[index];
      if (name === undefined) return NOTHING;
      return { id: relative(folder, name), turns: [{ content: texts.get(index) ?? readFileSync(name, "utf8") }] };
    },
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const full = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(full);
      return statSync(full).isFile() ? [full] : [];
    });
}
