import { extname } from "node:path";
import { nearest } from "../did-you-mean.ts";
import { lenient } from "../lenient.ts";
import { isMapping, type Path } from "../path.ts";
import { arrivalsSchema, BUILTIN_PROMPT_SETS, personaSchema, workloadSchema } from "../schema/workload.ts";
import type { Arrivals, Distribution, Persona, PromptSource, WorkloadPlan } from "../types.ts";
import { type Context, orDefault } from "./context.ts";
import { csvColumn, readableFile } from "./files.ts";
import { weibullCv } from "./weibull.ts";

type WrittenPersona = ReturnType<typeof personaSchema.parse>;
type WrittenPrompts = NonNullable<WrittenPersona["prompts"]>;

/** Personas and arrivals; `names` are those of the personas that could be read, for the limits that name them. */
export function normaliseWorkload(raw: unknown, ctx: Context): { workload: WorkloadPlan; names: readonly string[] } {
  const section = isMapping(raw) ? raw : {};
  const list = Array.isArray(section["personas"]) ? section["personas"] : undefined;
  const personas = list ? readPersonas(list, ctx) : [builtinPersona(ctx)];
  const names = list
    ? list.flatMap((entry: unknown) => (isMapping(entry) && typeof entry["name"] === "string" ? [entry["name"]] : []))
    : ["user"];
  const maxUsers = lenient(workloadSchema.pick({ maxUsers: true }), { maxUsers: section["maxUsers"] })?.value.maxUsers;
  return {
    workload: {
      personas,
      arrivals: readArrivals(section["arrivals"], ctx),
      ...(maxUsers === undefined ? {} : { maxUsers }),
    },
    names,
  };
}

function builtinPersona(ctx: Context): Persona {
  ctx.findings.defaults.push({ path: "workload.personas", value: "one, `user`, from the built-in mixed set" });
  return { name: "user", weight: 1, prompts: { kind: "builtin", set: "mixed" }, think: { kind: "fixed", value: 0 } };
}

function readPersonas(list: readonly unknown[], ctx: Context): Persona[] {
  const seen = new Set<string>();
  return list.flatMap((entry, i) => {
    const path: Path = ["workload", "personas", i];
    const read = lenient(personaSchema, entry);
    if (!read) return [];
    const written = read.value;
    const named = (message: string, hint: string): void =>
      ctx.findings.fault({ code: "PLAN_NAME", path: [...path, "name"], message, hint });
    if (!/^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u.test(written.name))
      named("a persona's name is letters, digits, `-`, `_` and `.`", `Write ${slug(written.name)}.`);
    if (seen.has(written.name)) named("another persona has this name", "Give each persona a name of its own.");
    seen.add(written.name);
    const at = `workload.personas[${i}]`;
    const maxTokens = checkDistribution(written.maxTokens, [...path, "maxTokens"], ctx);
    return [
      {
        name: written.name,
        weight: orDefault(written.weight, 1, `${at}.weight`, "1", ctx),
        prompts:
          written.prompts === undefined
            ? orDefault<PromptSource>(undefined, { kind: "builtin", set: "mixed" }, `${at}.prompts`, "mixed", ctx)
            : readPrompts(written.prompts, [...path, "prompts"], ctx),
        ...(written.system === undefined ? {} : { system: written.system }),
        ...(written.turns === undefined ? {} : { turns: written.turns }),
        think: orDefault<Distribution>(written.think, { kind: "fixed", value: 0 }, `${at}.think`, "0s", ctx),
        ...(written.patience === undefined ? {} : { patience: written.patience }),
        ...(maxTokens === undefined ? {} : { maxTokens }),
      },
    ];
  });
}

function slug(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[^\p{L}\p{N}]+|-+$/gu, "") || "a name such as researcher";
}

const FORMATS: Readonly<Record<string, "jsonl" | "csv" | "text">> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".csv": "csv",
  ".txt": "text",
};
const EMPTY: PromptSource = { kind: "inline", prompts: [] };

function readPrompts(written: WrittenPrompts, path: Path, ctx: Context): PromptSource {
  if (typeof written === "string") return readNamed(written, path, ctx);
  if (Array.isArray(written)) return { kind: "inline", prompts: written };
  if ("synthetic" in written) {
    return {
      kind: "synthetic",
      tokens:
        checkDistribution(written.synthetic.tokens, [...path, "synthetic", "tokens"], ctx) ?? written.synthetic.tokens,
    };
  }
  const format = written.format ?? FORMATS[extname(written.file).toLowerCase()];
  if (!format) {
    ctx.findings.fault({
      code: "PLAN_FILE",
      path: [...path, "file"],
      message: "the file's ending does not tell its format",
      hint: "Add `format:` with jsonl, csv or text.",
    });
    return EMPTY;
  }
  return promptFile(written.file, format, written.field, path, [...path, "file"], ctx);
}

function readNamed(written: string, path: Path, ctx: Context): PromptSource {
  const set = BUILTIN_PROMPT_SETS.find((name) => name === written);
  if (set) return { kind: "builtin", set };
  const format = FORMATS[extname(written).toLowerCase()];
  if (format) return promptFile(written, format, undefined, path, path, ctx);
  const meant = nearest(written, BUILTIN_PROMPT_SETS);
  ctx.findings.fault({
    code: "PLAN_UNKNOWN_VALUE",
    path,
    message: "expected a built-in set of prompts, or a path to a .jsonl, .csv or .txt file",
    hint: meant ? `Did you mean \`${meant}\`?` : `Use one of ${BUILTIN_PROMPT_SETS.join(", ")}, or a file.`,
  });
  return EMPTY;
}

function promptFile(
  written: string,
  format: "jsonl" | "csv" | "text",
  field: string | undefined,
  path: Path,
  filePath: Path,
  ctx: Context,
): PromptSource {
  if (format === "text" && field !== undefined) {
    ctx.findings.fault({
      code: "PLAN_CONFLICT",
      path: [...path, "field"],
      message: "a text file has no fields",
      hint: "Remove field.",
      atKey: true,
      bare: true,
    });
  }
  const file = readableFile(written, filePath, ctx);
  if (file === undefined) return EMPTY;
  if (format === "csv" && field !== undefined) csvColumn(file, field, [...path, "field"], ctx);
  return { kind: "file", file, format, ...(field === undefined ? {} : { field }) };
}

function checkDistribution(distribution: Distribution | undefined, path: Path, ctx: Context): Distribution | undefined {
  if (distribution?.kind !== "empirical") return distribution;
  const file = readableFile(distribution.file, [...path, "file"], ctx);
  if (file === undefined) return distribution;
  csvColumn(file, distribution.column, [...path, "column"], ctx);
  return { ...distribution, file };
}

function readArrivals(raw: unknown, ctx: Context): Arrivals {
  const read = lenient(arrivalsSchema, raw ?? {});
  if (!read || read.cut.has("process")) return { process: "poisson", cv: 1 };
  const { cv, shape } = read.value;
  const process = orDefault(read.value.process, "poisson", "workload.arrivals.process", "poisson", ctx);
  const at = (field: string): Path => ["workload", "arrivals", field];
  const conflict = (field: string, message: string, hint: string): void =>
    ctx.findings.fault({ code: "PLAN_CONFLICT", path: at(field), message, hint });
  if (shape !== undefined && process !== "weibull")
    conflict(
      "shape",
      `${process} arrivals have no shape`,
      process === "gamma" ? "Write cv instead." : "Remove shape, or write process: weibull.",
    );
  if (process === "constant" || process === "poisson") {
    if (cv !== undefined)
      conflict("cv", `${process} arrivals have no cv to choose`, "Remove cv, or write process: gamma.");
    return { process, cv: process === "constant" ? 0 : 1 };
  }
  if (process === "weibull" && shape !== undefined) {
    if (cv !== undefined) conflict("shape", "cv and shape say the same thing twice", "Remove one of the two.");
    return { process, cv: cv ?? weibullCv(shape) };
  }
  if (cv === undefined && !read.cut.has("cv") && !read.cut.has("shape")) {
    ctx.findings.fault({
      code: "PLAN_MISSING",
      path: at("cv"),
      message: `${process} arrivals need a cv`,
      hint: "Add `cv: 1.4`: above 1 comes in bursts, below 1 evenly.",
      bare: true,
    });
  }
  return { process, cv: cv ?? 1 };
}
