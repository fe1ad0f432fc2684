import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { resolvePlan } from "../index.ts";
import { pricesOf, readPriceTable, shippedTable } from "./table.ts";

const CHAT = { target: { url: "http://127.0.0.1:1/v1", protocol: "openai-chat", model: "claude-sonnet-5" } };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-prices-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function faults(prices: unknown): readonly string[] {
  try {
    resolvePlan({ ...CHAT, prices }, { env: {}, base: folder });
    return [];
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    return error.faults.map(({ code, path, message, hint }) => [code, path, message, hint].join(" | "));
  }
}

describe("the table of prices that ships", () => {
  it("names its day, and for each model the page of its provider", () => {
    const read = readPriceTable(shippedTable());
    if ("wrong" in read) throw new Error(read.wrong);
    expect(shippedTable()).toContain(read.table.date);
    for (const { source, input, output } of Object.values(read.table.models)) {
      expect(source).toMatch(/^https:\/\/[\w.]*(claude\.com|openai\.com|x\.ai)\//);
      expect(output).toBeGreaterThanOrEqual(input);
    }
  });

  it("knows a model's dated snapshots", () => {
    const read = readPriceTable(shippedTable());
    if ("wrong" in read) throw new Error(read.wrong);
    expect(pricesOf(read.table, "gpt-5-mini-2025-08-07")).toBe(pricesOf(read.table, "gpt-5-mini"));
    expect(pricesOf(read.table, "constructor")).toBeUndefined();
  });
});

describe("prices in a plan", () => {
  it("come from the table by a model's name, with the table's day and source, and what the plan states comes first", () => {
    const { plan, defaults } = resolvePlan(
      { ...CHAT, prices: { model: "claude-sonnet-5", output: "$1/M" } },
      { env: {} },
    );
    expect(plan.prices).toMatchObject({
      input: 2 / 1e6,
      cached: 0.2 / 1e6,
      output: 1 / 1e6,
      reasoning: 1 / 1e6,
      request: 0,
    });
    expect(plan.prices?.source).toMatchObject({ model: "claude-sonnet-5", date: expect.stringMatching(/^\d{4}-/) });
    expect(defaults.find(({ path }) => path === "prices.input")?.value).toMatch(
      /^\$2\.00\/M, as claude-sonnet-5 cost on/,
    );
  });

  it("come from a file of the person's own, of the target's model where none is named", async () => {
    const models = { "claude-sonnet-5": { provider: "me", input: "$1/M", output: "$3/M", source: "our contract" } };
    await writeFile(
      join(folder, "mine.json"),
      JSON.stringify({ schema: "plimsoll/prices/1", date: "2030-01-02", models }),
    );
    const { plan } = resolvePlan({ ...CHAT, prices: { file: "mine.json" } }, { env: {}, base: folder });
    expect(plan.prices).toEqual({
      input: 1e-6,
      cached: 1e-6,
      output: 3e-6,
      reasoning: 3e-6,
      request: 0,
      source: { model: "claude-sonnet-5", date: "2030-01-02", from: "our contract" },
    });
  });

  it("are refused with what to do where the model or the file is not known", async () => {
    await writeFile(join(folder, "broken.json"), "{");
    await writeFile(
      join(folder, "odd.json"),
      JSON.stringify({ schema: "plimsoll/prices/1", date: "2030-01-02", models: { a: { input: 1 } } }),
    );
    expect(faults({ model: "claude-sonet-5" })).toEqual([
      expect.stringMatching(/^PLAN_PRICES \| prices.model .* Did you mean `claude-sonnet-5`\?$/),
    ]);
    expect(faults({ file: "none.json" })).toEqual([expect.stringMatching(/^PLAN_FILE \| prices.file/)]);
    expect(faults({ file: "broken.json" })).toEqual([
      expect.stringMatching(/^PLAN_PRICES \| prices.file \| the file is no JSON/),
    ]);
    expect(faults({ file: "odd.json" })).toEqual([expect.stringMatching(/^PLAN_PRICES \| prices.file \| models\.a/)]);
  });
});
