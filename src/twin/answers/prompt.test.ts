import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerHashes } from "./answer-hashes.ts";
import { composeAnswer } from "./compose.ts";
import { promptOf } from "./prompt.ts";
import { OPTIONS as ANY } from "./test/options.ts";
import { type AnswerOptions, DEGRADATIONS, type PromptMessage } from "./types.ts";

const anyContent = fc.string({
  unit: fc.constantFrom("word ", "Langer ", "x", "7", "字", "\n", ". ", "{", "'s "),
  maxLength: 60,
});
const anyMessage: fc.Arbitrary<PromptMessage> = fc.record({
  role: fc.constantFrom("system", "user", "assistant", "tool"),
  content: anyContent,
});
const anyMessages = fc.array(anyMessage, { minLength: 1, maxLength: 6 });
const anySize = fc.constantFrom(1, 3, 16, 64);

const copies = (messages: readonly PromptMessage[]): PromptMessage[] => messages.map((message) => ({ ...message }));
const user = (content: string): PromptMessage => ({ role: "user", content });

const OPTIONS: AnswerOptions = { ...ANY, style: { median: 60, sigma: 0.8, max: 400 } };

/** Blocks that both lists share before they differ for good. */
function shared(one: Float64Array, other: Float64Array): number {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count++;
  return count;
}

describe("a prompt", () => {
  it("is the same for the same messages, whether their objects were seen before or not", () => {
    fc.assert(
      fc.property(anyMessages, anySize, (messages, size) => {
        for (let end = 1; end <= messages.length; end++) promptOf(messages.slice(0, end));
        const grown = promptOf(messages);
        const fresh = promptOf(copies(messages));
        expect(grown.key).toBe(fresh.key);
        expect(grown.tokens).toBe(fresh.tokens);
        expect([...grown.blockHashes(size)]).toEqual([...fresh.blockHashes(size)]);
        expect(grown.blockHashes(size)).toHaveLength(Math.floor(grown.tokens / size));
      }),
    );
  });

  it("is not confused by message objects that come again in another conversation", () => {
    const [hello, question, answer] = [user("hello there"), user("and now?"), { role: "assistant", content: "well" }];
    promptOf([hello, answer, question]);
    expect(promptOf([answer, hello, question]).key).toBe(promptOf(copies([answer, hello, question])).key);
    expect(promptOf([question]).key).toBe(promptOf(copies([question])).key);
    expect(promptOf([hello, answer, question]).key).toBe(promptOf(copies([hello, answer, question])).key);
  });

  it("shares the hashes of its blocks with another exactly up to the first that differs", () => {
    fc.assert(
      fc.property(anyMessages, anyMessage, anyMessage, anySize, (start, one, other, size) => {
        fc.pre(one.content !== other.content || one.role !== other.role);
        const first = promptOf([...start, one]);
        const second = promptOf([...start, other]);
        const header = 2;
        const common = promptOf(start).tokens - 3;
        const alike = shared(first.blockHashes(size), second.blockHashes(size));
        expect(alike).toBeGreaterThanOrEqual(Math.floor(common / size));
        const sameUpTo =
          size === 1 ? alike : Math.ceil((common + header) / size) + Math.min(one.content.length, other.content.length);
        expect(alike).toBeLessThanOrEqual(sameUpTo);
        expect(first.key).not.toBe(second.key);
      }),
    );
  });

  it("has hashes that are integers below 2^53, and others for other texts", () => {
    const seen = new Set<number>();
    for (let index = 0; index < 2000; index++) {
      for (const hash of promptOf([
        user(`question ${index} of many, with some words after it to fill a block`),
      ]).blockHashes(4))
        seen.add(hash);
    }
    expect([...seen].every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
    expect(seen.size).toBeGreaterThan(6000);
  });

  it("keeps its end when its oldest part is dropped, in at most the tokens it is given", () => {
    fc.assert(
      fc.property(anyMessages, fc.integer({ min: 12, max: 120 }), (messages, room) => {
        const prompt = promptOf(messages);
        const tail = prompt.keepTail(room);
        expect(tail.tokens).toBeLessThanOrEqual(Math.max(room, 4));
        expect(tail === prompt).toBe(prompt.tokens <= room);
        const text = prompt
          .segments()
          .map((part) => part.content?.text ?? "")
          .join("");
        const kept = tail
          .segments()
          .map((part) => part.content?.text ?? "")
          .join("");
        expect(text.endsWith(kept)).toBe(true);
      }),
    );
  });

  it("takes retrieved context before its last message: equal contexts share blocks, others do not", () => {
    const messages = [{ role: "system", content: "Answer from the passages." }, user("How long is the warranty?")];
    const prompt = promptOf(messages);
    const first = prompt.extend(320, 11);
    expect(first.tokens).toBe(prompt.tokens + 320);
    const other = promptOf([messages[0] ?? user(""), user("May I return it?")]);
    expect(shared(first.blockHashes(16), other.extend(320, 11).blockHashes(16))).toBeGreaterThanOrEqual(20);
    expect(shared(first.blockHashes(16), other.extend(320, 12).blockHashes(16))).toBeLessThanOrEqual(1);
    expect(first.keepTail(100).tokens).toBeLessThanOrEqual(100);
    expect(first.keepTail(100).tokens).toBeGreaterThan(80);
  });
});

describe("the blocks that an answer fills", () => {
  it("are those that the next turn of the conversation finds", () => {
    const anyDegradations = fc.subarray([...DEGRADATIONS]);
    const anyJson = fc.constantFrom(undefined, true, {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "integer" } },
    });
    fc.assert(
      fc.property(
        anyMessages,
        anyContent,
        anySize,
        anyDegradations,
        anyJson,
        fc.nat(99),
        (before, next, size, degradations, json, seed) => {
          const options = { ...OPTIONS, seed, json, degradations };
          const prompt = promptOf(before);
          const answer = composeAnswer(prompt, options);
          const hashAt = answerHashes(prompt, options, size);
          const turn = [...before, { role: "assistant", content: answer.tokens.join("") }, user(next)];
          const hashes = promptOf(turn).blockHashes(size);
          const filled = Math.floor((prompt.tokens + answer.tokens.length) / size);
          for (let index = Math.floor(prompt.tokens / size); index < filled; index++)
            expect(hashAt(index)).toBe(hashes[index]);
          expect(hashes.slice(0, Math.floor(prompt.tokens / size))).toEqual(prompt.blockHashes(size));
        },
      ),
      { numRuns: 300 },
    );
  });
});
