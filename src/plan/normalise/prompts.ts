import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { z } from "zod";
import { nearest } from "../did-you-mean.ts";
import type { Path } from "../path.ts";
import { BUILTIN_PROMPT_SETS, type promptsSchema } from "../schema/prompts.ts";
import type {
  AudioPlan,
  Distribution,
  ImagePlan,
  PrefixPlan,
  PromptDress,
  PromptFormat,
  PromptSource,
} from "../types.ts";
import type { Context } from "./context.ts";
import { csvColumn, readableFile, readableFolder } from "./files.ts";

type WrittenPrompts = z.output<typeof promptsSchema>;
type Written<K extends string> = Extract<WrittenPrompts, Readonly<Record<K, unknown>>>;
type WrittenDress = Omit<Written<"template">, "template">;

/** By the ending of a file's name. */
export const FORMATS: Readonly<Record<string, PromptFormat>> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".csv": "csv",
  ".parquet": "parquet",
  ".txt": "text",
};
const EMPTY: PromptSource = { kind: "inline", prompts: [] };

/** What a persona asks, from what the plan says of it. */
export function readPrompts(written: WrittenPrompts, path: Path, ctx: Context): PromptSource {
  if (typeof written === "string") return readNamed(written, path, ctx);
  if (isList(written)) return { kind: "inline", prompts: written };
  const dress = readDress(written, path, ctx);
  const order = "order" in written && written.order !== undefined ? { order: written.order } : {};
  if ("synthetic" in written) {
    const { tokens } = written.synthetic;
    return { kind: "synthetic", tokens: checkDistribution(tokens, [...path, "synthetic", "tokens"], ctx), ...dress };
  }
  if ("template" in written) {
    const { template } = written;
    return { kind: "template", turns: typeof template === "string" ? [template] : template, ...dress };
  }
  if ("list" in written) return { kind: "inline", prompts: written.list, ...order, ...dress };
  if ("set" in written)
    return { kind: "builtin", set: knownSet(written.set, [...path, "set"], ctx), ...order, ...dress };
  if ("folder" in written) {
    const folder = readableFolder(written.folder, [...path, "folder"], ctx);
    return folder === undefined ? EMPTY : { kind: "folder", folder, ...order, ...dress };
  }
  return { ...readFile(written, path, ctx), ...order, ...dress };
}

function isList(written: WrittenPrompts): written is Extract<WrittenPrompts, readonly string[]> {
  return Array.isArray(written);
}

function readNamed(written: string, path: Path, ctx: Context): PromptSource {
  const set = BUILTIN_PROMPT_SETS.find((name) => name === written);
  if (set) return { kind: "builtin", set };
  const format = FORMATS[extname(written).toLowerCase()];
  if (format) return promptFile(written, format, path, path, {}, ctx);
  if (/[/\\]$/.test(written)) {
    const folder = readableFolder(written, path, ctx);
    return folder === undefined ? EMPTY : { kind: "folder", folder };
  }
  const meant = nearest(written, BUILTIN_PROMPT_SETS);
  ctx.findings.fault({
    code: "PLAN_UNKNOWN_VALUE",
    path,
    message:
      "expected a built-in set of prompts, a path to a .jsonl, .csv, .parquet or .txt file, or a folder with / at its end",
    hint: meant ? `Did you mean \`${meant}\`?` : `Use one of ${BUILTIN_PROMPT_SETS.join(", ")}, or a file.`,
  });
  return EMPTY;
}

function knownSet(written: string, path: Path, ctx: Context): string {
  if (BUILTIN_PROMPT_SETS.some((name) => name === written)) return written;
  const meant = nearest(written, BUILTIN_PROMPT_SETS);
  ctx.findings.fault({
    code: "PLAN_UNKNOWN_VALUE",
    path,
    message: "there is no built-in set of this name",
    hint: meant ? `Did you mean \`${meant}\`?` : `Use one of ${BUILTIN_PROMPT_SETS.join(", ")}.`,
  });
  return "mixed";
}

function readFile(written: Written<"file">, path: Path, ctx: Context): PromptSource {
  const { file, field, columns } = written;
  const format = written.format ?? FORMATS[extname(file).toLowerCase()];
  if (!format) {
    ctx.findings.fault({
      code: "PLAN_FILE",
      path: [...path, "file"],
      message: "the file's ending does not tell its format",
      hint: "Add `format:` with jsonl, csv, parquet or text.",
    });
    return EMPTY;
  }
  const conflict = (name: string, message: string): void => {
    const problem = {
      code: "PLAN_CONFLICT",
      path: [...path, name],
      message,
      hint: `Remove ${name}.`,
      atKey: true,
      bare: true,
    };
    ctx.findings.fault(problem);
  };
  if (format === "text" && field !== undefined) conflict("field", "a text file has no fields");
  if (format === "text" && columns !== undefined) conflict("columns", "a text file has no columns");
  if (field !== undefined && columns?.prompt !== undefined)
    conflict("field", "field and columns.prompt say the same twice");
  return promptFile(file, format, path, [...path, "file"], { field, columns }, ctx);
}

function promptFile(
  written: string,
  format: PromptFormat,
  path: Path,
  filePath: Path,
  { field, columns }: Pick<Written<"file">, "field" | "columns">,
  ctx: Context,
): PromptSource {
  const file = readableFile(written, filePath, ctx);
  if (file === undefined) return EMPTY;
  const prompt = typeof columns?.prompt === "string" ? [columns.prompt] : columns?.prompt;
  const { system, id, answer, language } = columns ?? {};
  if (format === "csv") {
    if (field !== undefined) csvColumn(file, field, [...path, "field"], ctx);
    const named = { system, id, answer, language };
    for (const name of prompt ?? []) csvColumn(file, name, [...path, "columns", "prompt"], ctx);
    for (const [key, name] of Object.entries(named))
      if (name !== undefined) csvColumn(file, name, [...path, "columns", key], ctx);
  }
  return {
    kind: "file",
    file,
    format,
    ...(field === undefined ? {} : { field }),
    ...(columns === undefined
      ? {}
      : {
          columns: {
            ...(prompt === undefined ? {} : { prompt }),
            ...(system === undefined ? {} : { system }),
            ...(id === undefined ? {} : { id }),
            ...(answer === undefined ? {} : { answer }),
            ...(language === undefined ? {} : { language }),
          },
        }),
  };
}

function readDress({ prefix, unique, images, audio }: WrittenDress, path: Path, ctx: Context): PromptDress {
  const pictures = images && readImages(images, [...path, "images"], ctx);
  const sounds = audio && readAudio(audio, [...path, "audio"], ctx);
  return {
    ...(prefix === undefined ? {} : { prefix: readPrefix(prefix, [...path, "prefix"], ctx) }),
    ...(unique === undefined ? {} : { unique }),
    ...(pictures === undefined ? {} : { images: pictures }),
    ...(sounds === undefined ? {} : { audio: sounds }),
  };
}

function readPrefix(written: NonNullable<WrittenDress["prefix"]>, path: Path, ctx: Context): PrefixPlan {
  const { tokens, count = 1, reuse = "uniform", share = 1, place = "prompt" } = written;
  const exponent = reuse === "uniform" ? 0 : reuse === "zipf" ? 1 : reuse.zipf;
  return { tokens: checkDistribution(tokens, [...path, "tokens"], ctx), count, exponent, share, place };
}

const DISTINCT = 8;

function readImages(written: NonNullable<WrittenDress["images"]>, path: Path, ctx: Context): ImagePlan | undefined {
  const { count = 1 } = written;
  if ("files" in written) return mediaFiles(written.files, count, path, ctx);
  const { size, bytes, distinct = DISTINCT } = written;
  return { count, ...size, distinct, ...(bytes === undefined ? {} : { bytes }) };
}

function readAudio(written: NonNullable<WrittenDress["audio"]>, path: Path, ctx: Context): AudioPlan | undefined {
  const { count = 1 } = written;
  if ("files" in written) return mediaFiles(written.files, count, path, ctx);
  const { length, rate = 16_000, distinct = DISTINCT } = written;
  return { count, length, rate, distinct };
}

function mediaFiles(written: string, count: number, path: Path, ctx: Context) {
  const full = resolve(ctx.base, written);
  const isFolder = statSync(full, { throwIfNoEntry: false })?.isDirectory() === true;
  const read = isFolder ? readableFolder : readableFile;
  const files = read(written, [...path, "files"], ctx);
  return files === undefined ? undefined : { count, files };
}

/** The distribution with its file's full path; what is wrong with the file is a fault. */
export function checkDistribution(distribution: Distribution, path: Path, ctx: Context): Distribution {
  if (distribution.kind === "mixture") {
    const parts = distribution.parts.map(({ weight, of }, i) => ({
      weight,
      of: checkDistribution(of, [...path, "mixture", i, "of"], ctx),
    }));
    return { kind: "mixture", parts };
  }
  if (distribution.kind !== "empirical") return distribution;
  const file = readableFile(distribution.file, [...path, "file"], ctx);
  if (file === undefined) return distribution;
  csvColumn(file, distribution.column, [...path, "column"], ctx);
  return { ...distribution, file };
}
