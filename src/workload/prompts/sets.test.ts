import { readdirSync, statSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { BUILTIN_PROMPT_SETS } from "../../plan/index.ts";
import { contentText } from "../../protocols/index.ts";
import { builtinPrompts } from "./builtin.ts";
import type { PromptEntry } from "./entry.ts";
import { readSet } from "./set-file.ts";

const FOLDER = new URL("../../../data/prompts/", import.meta.url);
const SETS = BUILTIN_PROMPT_SETS.filter((set) => set !== "mixed");

function textOf({ turns }: PromptEntry): string {
  return turns.map(({ content }) => contentText(content)).join("\n");
}

describe("the sets that ship", () => {
  it("are the files of the folder, each with its licence, small altogether", () => {
    const files = readdirSync(FOLDER);
    expect(files.sort()).toEqual(SETS.map((set) => `${set}.jsonl`).sort());
    expect(files.reduce((sum, name) => sum + statSync(new URL(name, FOLDER)).size, 0)).toBeLessThan(1.5e6);
    for (const set of SETS) expect(readSet(set)).toMatchObject({ licence: "Apache-2.0" });
  });

  it.each(SETS)("%s has at least 60 prompts, no two alike, each with an id of its own", (set) => {
    const entries = builtinPrompts(set);
    expect(entries.length).toBeGreaterThanOrEqual(60);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    expect(new Set(entries.map(textOf)).size).toBe(entries.length);
  });

  it("speak at least twelve languages in six scripts, right to left among them, and mixed", () => {
    const entries = builtinPrompts("multilingual");
    const languages = new Set(entries.map(({ language = "" }) => language.split("-")[0]));
    expect(languages.size).toBeGreaterThanOrEqual(30);
    expect(languages).toContain("mixed");
    const text = entries.map(textOf).join("");
    for (const script of ["Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Han", "Hangul", "Thai"])
      expect(text).toMatch(new RegExp(`\\p{Script=${script}}`, "u"));
  });

  it("ask follow-ups in every conversation", () => {
    for (const { turns } of builtinPrompts("multi-turn")) expect(turns.length).toBeGreaterThanOrEqual(3);
  });

  it("bring a JSON schema that holds together with every structured task, and tools with every tool task", () => {
    const ajv = new Ajv2020({ strict: false });
    for (const { responseFormat } of builtinPrompts("structured-output"))
      expect(ajv.validateSchema(responseFormat?.schema as object)).toBe(true);
    for (const { tools = [] } of builtinPrompts("tool-calling")) {
      expect(tools.length).toBeGreaterThan(0);
      for (const { parameters } of tools) expect(ajv.validateSchema(parameters as object)).toBe(true);
    }
  });

  it("know the answer to each exact question, and plant each fact once where it can be found", () => {
    for (const { answer } of builtinPrompts("exact-answers")) expect(answer).toMatch(/\S/);
    for (const { answer = "", tags = [], id, turns } of builtinPrompts("planted-facts")) {
      const text = contentText(turns[0]?.content ?? "");
      const words = text.split(/\s+/).length;
      expect([id, words > 1400 && words < 7000]).toEqual([id, true]);
      if (tags.some((tag) => tag.startsWith("words-")) && !["11", "Thursday"].includes(answer))
        expect([id, text.split(answer).length]).toEqual([id, 2]);
    }
  });

  it("push with empty, oversized and binary-looking prompts only where tagged as extreme, and never in mixed", () => {
    const entries = builtinPrompts("adversarial");
    const sizes = entries.map((entry) => textOf(entry).length);
    expect(Math.min(...sizes)).toBe(0);
    expect(Math.max(...sizes)).toBeGreaterThan(500_000);
    for (const entry of builtinPrompts("mixed")) {
      expect(textOf(entry).trim()).not.toBe("");
      expect(textOf(entry).length).toBeLessThan(20_000);
    }
  });
});
