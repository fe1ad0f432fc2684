import { formatMoney } from "../../base/index.ts";
import { nearest } from "../did-you-mean.ts";
import { lenient } from "../lenient.ts";
import { type ModelPrices, type PriceTable, pricesOf, readPriceTable, shippedTable } from "../prices/table.ts";
import { pricesSchema } from "../schema/limits.ts";
import type { Prices } from "../types.ts";
import { type Context, orDefault } from "./context.ts";
import { readableFile } from "./files.ts";

const KINDS = ["input", "cached", "output", "reasoning", "request"] as const;
type Kind = (typeof KINDS)[number];
type Written = Partial<Record<Kind, number>>;

/** Prices as the plan states them, over those of a table where it names a model or a file. `model`: the target's. */
export function normalisePrices(raw: unknown, model: string | undefined, ctx: Context): Prices | undefined {
  if (raw === undefined) return undefined;
  const read = lenient(pricesSchema, raw);
  if (!read) return undefined;
  const { model: named, file, ...stated } = read.value;
  const written = onlyPrices(stated);
  if (named === undefined && file === undefined) return completed(written, read.cut, ctx);
  const listed = fromTable(named ?? model, file, ctx);
  if (listed === undefined) return undefined;
  const { prices, source } = listed;
  for (const kind of KINDS) {
    if (written[kind] !== undefined || prices[kind] === undefined) continue;
    const per = kind === "request" ? "" : "/M";
    const value = formatMoney(Number((prices[kind] * (kind === "request" ? 1 : 1e6)).toPrecision(12)));
    ctx.findings.defaults.push({
      path: `prices.${kind}`,
      value: `${value}${per}, as ${source.model} cost on ${source.date} (${source.from})`,
    });
  }
  return { ...completed({ ...prices, ...written }, read.cut, ctx), source };
}

function onlyPrices(stated: { readonly [K in Kind]?: number | undefined }): Written {
  const written: Written = {};
  for (const kind of KINDS) if (stated[kind] !== undefined) written[kind] = stated[kind];
  return written;
}

interface Listed {
  readonly prices: Written;
  readonly source: NonNullable<Prices["source"]>;
}

function fromTable(model: string | undefined, file: string | undefined, ctx: Context): Listed | undefined {
  if (model === undefined) {
    ctx.findings.fault({
      code: "PLAN_MISSING",
      path: ["prices", "model"],
      message: "whose prices they are is missing",
      hint: "Add `model: claude-sonnet-5` to `prices`, or `model` to the target.",
      bare: true,
    });
    return undefined;
  }
  const path = file === undefined ? shippedTable() : readableFile(file, ["prices", "file"], ctx);
  if (path === undefined) return undefined;
  const read = readPriceTable(path);
  if ("wrong" in read) {
    const hint = "Give it the form of data/prices-<date>.json.";
    ctx.findings.fault({ code: "PLAN_PRICES", path: ["prices", "file"], message: read.wrong, hint });
    return undefined;
  }
  const found = pricesOf(read.table, model);
  if (found === undefined) {
    unknownModel(read.table, model, file, ctx);
    return undefined;
  }
  return { prices: onlyPrices(kindsOf(found)), source: { model, date: read.table.date, from: found.source } };
}

function kindsOf({ input, cached, output, reasoning, request }: ModelPrices): Record<Kind, number | undefined> {
  return { input, cached, output, reasoning, request };
}

function unknownModel({ models, date }: PriceTable, model: string, file: string | undefined, ctx: Context): void {
  const known = Object.keys(models);
  const meant = nearest(model, known);
  const whose = file === undefined ? `the table of ${date}` : "the file";
  ctx.findings.fault({
    code: "PLAN_PRICES",
    path: ["prices", "model"],
    message: `${whose} has no prices of \`${model}\``,
    hint: meant
      ? `Did you mean \`${meant}\`?`
      : `Use one of ${known.slice(0, 20).join(", ")}, state the prices themselves, or give a table of your own by \`file\`.`,
    bare: true,
  });
}

function completed(written: Written, cut: ReadonlySet<string>, ctx: Context): Prices {
  const { input, output, cached, reasoning, request } = written;
  const perRequestOnly =
    request !== undefined && KINDS.every((kind) => kind === "request" || written[kind] === undefined);
  if (!perRequestOnly) {
    for (const [name, value] of Object.entries({ input, output })) {
      if (value !== undefined || cut.has(name)) continue;
      ctx.findings.fault({
        code: "PLAN_MISSING",
        path: ["prices", name],
        message: `${name} is missing`,
        hint: `Add \`${name}: $0.15/M\`, or \`${name}: $0/M\` where it is free.`,
        bare: true,
      });
    }
  }
  const inputPrice = input ?? 0;
  const outputPrice = output ?? 0;
  return {
    input: inputPrice,
    cached: perRequestOnly ? 0 : orDefault(cached, inputPrice, "prices.cached", "as input", ctx),
    output: outputPrice,
    reasoning: perRequestOnly ? 0 : orDefault(reasoning, outputPrice, "prices.reasoning", "as output", ctx),
    request: orDefault(request, 0, "prices.request", "$0", ctx),
  };
}
