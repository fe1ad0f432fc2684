import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PlimsollError } from "../base/index.ts";
import { resolvePlan } from "./resolve.ts";

let base = "";
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "plimsoll-plan-prompts-"));
  writeFileSync(join(base, "q.csv"), "ask,then,gold\na,b,c\n");
  writeFileSync(join(base, "q.parquet"), "");
  writeFileSync(join(base, "cat.png"), "");
  mkdirSync(join(base, "tickets"));
});
afterAll(() => rmSync(base, { recursive: true }));

function read(prompts: unknown, more: object = {}, persona: object = {}) {
  const input = {
    target: { url: "http://h/v1" },
    workload: { personas: [{ name: "p", prompts, ...persona }], ...more },
    stages: [{ steady: "1s", at: "1/s" }],
  };
  return resolvePlan(input, { base, env: {} }).plan.workload;
}

function faults(prompts: unknown, more: object = {}, persona: object = {}) {
  try {
    read(prompts, more, persona);
  } catch (error) {
    if (error instanceof PlimsollError)
      return error.faults.map(({ path = "", message, hint }) => [path.replace("workload.", ""), message, hint]);
    throw error;
  }
  return [];
}

test("prompts come from a set, a list, a file, a folder, a template or synthetic text, each with what is done to them", () => {
  const said = (prompts: unknown) => read(prompts).personas[0]?.prompts;
  expect(said({ set: "faq", order: "shuffled", unique: "30%" })).toEqual({
    kind: "builtin",
    set: "faq",
    order: "shuffled",
    unique: 0.3,
  });
  expect(said({ list: ["a"], order: "sequential" })).toEqual({ kind: "inline", prompts: ["a"], order: "sequential" });
  expect(said({ file: "q.csv", columns: { prompt: ["ask", "then"], answer: "gold" } })).toEqual({
    kind: "file",
    file: join(base, "q.csv"),
    format: "csv",
    columns: { prompt: ["ask", "then"], answer: "gold" },
  });
  expect(said("q.parquet")).toMatchObject({ kind: "file", format: "parquet" });
  expect(said("./tickets/")).toEqual({ kind: "folder", folder: join(base, "tickets") });
  expect(said({ template: "Where is {{orders.id}}?" })).toEqual({
    kind: "template",
    turns: ["Where is {{orders.id}}?"],
  });
  expect(
    said({
      synthetic: { tokens: { mean: 300, cv: 1.5, max: 4000 } },
      prefix: { tokens: 1000, count: 20, reuse: { zipf: 1.2 }, share: "80%", place: "system" },
      images: { size: "512x384", bytes: "100KB", count: 2 },
      audio: { length: "3s" },
    }),
  ).toEqual({
    kind: "synthetic",
    tokens: { kind: "gamma", mean: 300, cv: 1.5, max: 4000 },
    prefix: { tokens: { kind: "fixed", value: 1000 }, count: 20, exponent: 1.2, share: 0.8, place: "system" },
    images: { count: 2, width: 512, height: 384, bytes: 100_000, distinct: 8 },
    audio: { count: 1, length: 3000, rate: 16_000, distinct: 8 },
  });
  expect(said({ set: "short", images: { files: "cat.png" } })).toMatchObject({
    images: { count: 1, files: join(base, "cat.png") },
  });
});

test("feeds are tables by name", () => {
  expect(
    read("faq", { feeds: { orders: { file: "q.csv", order: "unique" }, all: { file: "q.parquet" } } }).feeds,
  ).toEqual([
    { name: "orders", file: join(base, "q.csv"), format: "csv", order: "unique" },
    { name: "all", file: join(base, "q.parquet"), format: "parquet", order: "sequential" },
  ]);
});

test("lengths are told in every distribution, truncated where the plan says", () => {
  const length = (tokens: unknown) => {
    const prompts = read({ synthetic: { tokens } }).personas[0]?.prompts;
    return prompts?.kind === "synthetic" ? prompts.tokens : undefined;
  };
  expect(length({ median: 100, min: 10 })).toEqual({ kind: "lognormal", median: 100, sigma: 0.8, min: 10 });
  expect(length({ min: 100, alpha: 1.5, max: 900 })).toEqual({ kind: "pareto", min: 100, alpha: 1.5, max: 900 });
  expect(length({ quantiles: { p90: 50, p50: 10, p100: 99, p0: 1 } })).toEqual({
    kind: "quantiles",
    points: [
      [0, 1],
      [0.5, 10],
      [0.9, 50],
      [1, 99],
    ],
  });
  const parts = [
    { weight: 1, of: 5 },
    { weight: 2, of: { file: "q.csv", column: "ask" } },
  ];
  expect(length({ mixture: parts })).toEqual({
    kind: "mixture",
    parts: [
      { weight: 1, of: { kind: "fixed", value: 5 } },
      { weight: 2, of: { kind: "empirical", file: join(base, "q.csv"), column: "ask" } },
    ],
  });
});

test("what cannot be meant is said with its place and what to do", () => {
  expect(faults({ set: "faqq" })).toEqual([
    ["personas[0].prompts.set", "there is no built-in set of this name", "Did you mean `faq`?"],
  ]);
  expect(faults({ folder: "none" })).toEqual([
    ["personas[0].prompts.folder", "there is no such folder", expect.stringContaining("Check the path")],
  ]);
  expect(faults({ file: "q.csv", columns: { prompt: "askk", answer: "god" } })).toEqual([
    ["personas[0].prompts.columns.prompt", "the file has no column `askk`", "Did you mean `ask`?"],
    ["personas[0].prompts.columns.answer", "the file has no column `god`", "Did you mean `gold`?"],
  ]);
  expect(faults({ set: "faq", order: "unique" }, {}, { turns: { mean: 3 } })).toEqual([
    [
      "personas[0].turns",
      "unique prompts are one a session, with as many turns as each has",
      "Remove turns, or write `order: shuffled`.",
    ],
  ]);
  expect(faults({ set: "faq", images: { size: "512" } })).toEqual([
    [
      "personas[0].prompts.images.size",
      "expected the size of a picture in pixels, at most 40 million of them",
      "Write width and height such as 512x512.",
    ],
  ]);
  expect(faults({ synthetic: { tokens: { quantiles: { p0: 1, p50: 100, p90: 10, p100: 200 } } } })).toEqual([
    [
      "personas[0].prompts.synthetic.tokens",
      "the quantiles do not rise",
      "Order them: a higher percentile has a higher value.",
    ],
  ]);
  expect(faults("faq", { feeds: { a: { file: "cat.png" } } })).toEqual([
    ["feeds.a.file", "the file's ending does not tell its format", "Add `format:` with csv, jsonl or parquet."],
  ]);
});
