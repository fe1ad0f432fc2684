import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { quantity } from "../schema/fields.ts";

const tokenPrice = (title: string) => quantity("tokenPrice", title, `Price of ${title} tokens.`, "zero");

const model = z.strictObject({
  provider: z.string().min(1),
  input: tokenPrice("input"),
  cached: tokenPrice("cached input").optional(),
  output: tokenPrice("output"),
  reasoning: tokenPrice("reasoning").optional(),
  request: quantity("money", "request", "Price of one request.", "zero").optional(),
  note: z.string().optional(),
  source: z.string().min(1),
});

const table = z.strictObject({
  schema: z.literal("plimsoll/prices/1"),
  /** Day on which the prices were read. */
  date: z.iso.date(),
  about: z.string().optional(),
  models: z.record(z.string(), model),
});

export type PriceTable = z.output<typeof table>;
export type ModelPrices = z.output<typeof model>;

/** Tables ship beside the sources and the build alike. */
const DATA = fileURLToPath(new URL("../../../data/", import.meta.url));

/** The newest table that ships: `data/prices-<date>.json`. */
export function shippedTable(): string {
  const newest = readdirSync(DATA)
    .filter((name) => /^prices-\d{4}-\d{2}-\d{2}\.json$/.test(name))
    .sort()
    .at(-1);
  if (newest === undefined) throw new Error(`there is no table of prices in ${DATA}`);
  return join(DATA, newest);
}

/** A table of prices from its file, or what is wrong with it. */
export function readPriceTable(file: string): { readonly table: PriceTable } | { readonly wrong: string } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { wrong: `the file is no JSON: ${error.message}` };
  }
  const parsed = table.safeParse(json);
  if (parsed.success) return { table: parsed.data };
  const [issue] = parsed.error.issues;
  return { wrong: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not a table of prices"}` };
}

/** The prices of a model by its name, a dated snapshot (`-2025-08-07`, `-20251001`) by that of its model. */
export function pricesOf({ models }: PriceTable, name: string): ModelPrices | undefined {
  const plain = name.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, "");
  return [name, plain].flatMap((key) => (Object.hasOwn(models, key) ? (models[key] ?? []) : []))[0];
}
