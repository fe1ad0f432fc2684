import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { nearest } from "../did-you-mean.ts";
import type { Path } from "../path.ts";
import type { Context } from "./context.ts";

/** The absolute path of a readable file that the plan names, or a fault. */
export function readableFile(written: string, path: Path, ctx: Context): string | undefined {
  return readable(written, "file", path, ctx);
}

/** The same for a folder. */
export function readableFolder(written: string, path: Path, ctx: Context): string | undefined {
  return readable(written, "folder", path, ctx);
}

type Kind = "file" | "folder";

function readable(written: string, kind: Kind, path: Path, ctx: Context): string | undefined {
  const file = resolve(ctx.base, written);
  const why = unreadable(file, kind);
  if (why === undefined) return file;
  ctx.findings.fault({
    code: "PLAN_FILE",
    path,
    message: why,
    hint: `Check the path: it was looked for at ${file}.`,
  });
  return undefined;
}

function unreadable(file: string, kind: Kind): string | undefined {
  try {
    const found = statSync(file);
    if (!(kind === "file" ? found.isFile() : found.isDirectory())) return `this is no ${kind}`;
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return `there is no such ${kind}`;
    if (code === "EACCES" || code === "EPERM") return `the ${kind} may not be read`;
    if (typeof code !== "string") throw error;
    return `the ${kind} cannot be read (${code})`;
  }
}

const HEADER_BYTES = 64 * 1024;

/** Checks that a CSV file has a column of this name in its header row. */
export function csvColumn(file: string, column: string, path: Path, ctx: Context): void {
  const columns = csvHeader(file);
  if (columns.includes(column)) return;
  const meant = nearest(column, columns);
  ctx.findings.fault({
    code: "PLAN_COLUMN",
    path,
    message: `the file has no column \`${column}\``,
    hint: meant
      ? `Did you mean \`${meant}\`?`
      : columns.length > 0
        ? `Use one of ${columns.slice(0, 20).join(", ")}.`
        : "Give the file a header row.",
  });
}

function csvHeader(file: string): string[] {
  const handle = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(HEADER_BYTES);
    const text = buffer.toString("utf8", 0, readSync(handle, buffer, 0, HEADER_BYTES, 0)).replace(/^\uFEFF/, "");
    return csvFields(text);
  } finally {
    closeSync(handle);
  }
}

/** The fields of the first record (RFC 4180). */
function csvFields(text: string): string[] {
  const fields: string[] = [];
  const field = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/y;
  for (;;) {
    const match = field.exec(text);
    if (!match) return fields;
    const value = match[1] ?? "";
    fields.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value.trim());
    if (match[2] !== ",") return fields;
  }
}
