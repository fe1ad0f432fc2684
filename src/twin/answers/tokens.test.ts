import { readFileSync } from "node:fs";
import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { hashBetween } from "./hash.ts";
import { countTokens, hashTokens, splitTokens, tokenEnd } from "./tokens.ts";

const text = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
const source = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Relative to the tokens of o200k. */
const SAMPLES = [
  ["English prose", text("english.txt"), 0.08],
  ["German prose", text("german.txt"), 0.1],
  ["Chinese prose", text("chinese.txt"), 0.15],
  ["TypeScript", source("load/driver.ts") + source("base/units.ts") + source("protocols/client.ts"), 0.12],
] as const;

/** Letters of many scripts, signs, digits, spaces, broken surrogates: what a prompt may hold. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom(
      "a",
      "B",
      "é",
      "ß",
      "Я",
      "字",
      "の",
      "0",
      "7",
      " ",
      "\n",
      "\r",
      "\t",
      "'",
      ".",
      "-",
      "{",
      "\ud83d",
      "\ude00",
    ),
    maxLength: 120,
  }),
);

describe("the twin's tokenizer", () => {
  it.each(SAMPLES)("counts %s within its stated tolerance of what o200k counts", (_name, sample, tolerance) => {
    const theirs = encode(sample).length;
    expect(theirs).toBeGreaterThan(150);
    expect(Math.abs(countTokens(sample) / theirs - 1)).toBeLessThan(tolerance);
  });

  it("loses nothing: the tokens joined are the text, whatever the text", () => {
    fc.assert(
      fc.property(anyText, (sample) => {
        const tokens = splitTokens(sample);
        expect(tokens.join("")).toBe(sample);
        expect(tokens.every((token) => token.length > 0)).toBe(true);
        expect(countTokens(sample)).toBe(tokens.length);
        expect([...hashTokens(sample)]).toEqual(tokens.map((token) => hashBetween(token, 0, token.length)));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps the tokens of a text that is cut at the end of one of them", () => {
    fc.assert(
      fc.property(anyText, fc.nat(200), (sample, lot) => {
        const tokens = splitTokens(sample);
        const kept = tokens.slice(0, lot % (tokens.length + 1));
        expect(splitTokens(kept.join(""))).toEqual(kept);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["one letter for ever", "a".repeat(60_000)],
    ["spaces for ever", " ".repeat(60_000)],
    ["line breaks and spaces for ever", "\n ".repeat(30_000)],
    ["apostrophes for ever", "a'".repeat(30_000)],
    ["signs for ever", "<>".repeat(30_000)],
    ["halves of pairs for ever", "\ud83d".repeat(60_000)],
  ])("looks no further than a bounded way ahead: %s", (_name, sample) => {
    let longest = 0;
    let start = 0;
    while (start < sample.length) {
      const end = tokenEnd(sample, start);
      if (end <= start) throw new Error(`stands still at ${start}`);
      longest = Math.max(longest, end - start);
      start = end;
    }
    expect(longest).toBeLessThanOrEqual(70);
  });
});
