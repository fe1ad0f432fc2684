import { describe, expect, it } from "vitest";
import { composeAnswer } from "./compose.ts";
import { promptOf } from "./prompt.ts";
import { OPTIONS as ANY } from "./test/options.ts";
import { type AnswerOptions, DEGRADATIONS, type Degradation, type PromptMessage } from "./types.ts";

const OPTIONS: AnswerOptions = { ...ANY, style: { median: 160, sigma: 0.4, max: 600 }, maxTokens: 400 };
const SEEDS = Array.from({ length: 40 }, (_, index) => index);
const QUESTION: PromptMessage = {
  role: "user",
  content: "Explain how a suspension bridge carries its load to the ground.",
};

function compose(
  degradations: readonly Degradation[],
  seed: number,
  more: Partial<AnswerOptions> = {},
  messages = [QUESTION],
) {
  const { tokens, finish } = composeAnswer(promptOf(messages), { ...OPTIONS, ...more, seed, degradations });
  return { tokens, finish, text: tokens.join("") };
}

const distinctFours = (tokens: readonly string[]): number =>
  new Set(tokens.slice(3).map((_, at) => tokens.slice(at, at + 4).join(""))).size / Math.max(1, tokens.length - 3);
const foreignLetters = (text: string): number => (text.match(/[^\P{L}\p{Script=Latin}]/gu) ?? []).length;

describe("a degraded answer", () => {
  it("differs from the one at rest, and is the same each time", () => {
    const json = { type: "object", properties: { text: { type: "string" }, count: { type: "integer" } } };
    for (const name of DEGRADATIONS) {
      const more = name === "malformed-json" ? { json } : {};
      for (const seed of SEEDS) {
        expect(compose([name], seed, more).text).not.toBe(compose([], seed, more).text);
        expect(compose([name], seed, more)).toEqual(compose([name], seed, more));
      }
    }
  });

  it("truncated: is the beginning of the whole one, ends in the middle of a sentence, and says stop", () => {
    for (const seed of SEEDS) {
      const whole = compose([], seed);
      const cut = compose(["truncated"], seed);
      expect(cut.finish).toBe("stop");
      expect(cut.tokens.length / whole.tokens.length).toBeLessThan(0.65);
      expect(cut.text).not.toMatch(/\.\s*$/);
      expect(whole.text.startsWith(cut.tokens.slice(0, -1).join(""))).toBe(true);
    }
  });

  it("head-dropped: what stood in the first half of the prompt is lost, what stands in its end is not", () => {
    const filler = "We talked about the weather for a while, and then about bridges. ".repeat(20);
    const told: PromptMessage = { role: "user", content: `My name is Ada. ${filler}` };
    const later: PromptMessage = {
      role: "user",
      content: `The code of the gate is 4471. What is my name, and what is the code of the gate?`,
    };
    for (const seed of SEEDS) {
      const messages = [told, { role: "assistant", content: "Noted." }, later];
      expect(compose([], seed, {}, messages).text).toContain("Ada");
      const lost = compose(["head-dropped"], seed, {}, messages).text;
      expect(lost).not.toContain("Ada");
      expect(lost).toContain("4471");
    }
  });

  it("looping: fills the cap with one phrase", () => {
    for (const seed of SEEDS) {
      const loop = compose(["looping"], seed);
      expect(loop.tokens).toHaveLength(400);
      expect(loop.finish).toBe("length");
      expect(distinctFours(loop.tokens)).toBeLessThan(0.35);
      expect(distinctFours(compose([], seed).tokens)).toBeGreaterThan(0.85);
    }
  });

  it("malformed-json: does not parse, where the same without it does", () => {
    const json = {
      type: "object",
      properties: { text: { type: "string" }, list: { type: "array", items: { type: "number" } } },
    };
    for (const seed of SEEDS) {
      for (const asked of [json, true]) {
        expect(() => JSON.parse(compose([], seed, { json: asked, maxTokens: undefined }).text)).not.toThrow();
        expect(() => JSON.parse(compose(["malformed-json"], seed, { json: asked, maxTokens: undefined }).text)).toThrow(
          SyntaxError,
        );
      }
    }
  });

  it("foreign-script: a good part of its letters are of another script", () => {
    for (const seed of SEEDS) {
      expect(foreignLetters(compose([], seed).text)).toBe(0);
      expect(foreignLetters(compose(["foreign-script"], seed).text)).toBeGreaterThan(40);
    }
  });

  it("crossed: goes on with another request's text", () => {
    for (const seed of SEEDS) {
      const { text } = compose(["crossed"], seed, {
        other: "MARKER-OF-ANOTHER stands in this text. It is about passports.",
      });
      expect(text).toContain("MARKER-OF-ANOTHER");
      expect(compose(["crossed"], seed).text).toMatch(/passport|mortgage|vaccination|allotment/);
    }
  });

  it("swapped-model: is that of another model", () => {
    for (const seed of SEEDS)
      expect(compose(["swapped-model"], seed).text).toBe(compose([], seed, { model: "small (smaller)" }).text);
  });
});
