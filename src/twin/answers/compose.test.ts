import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerTokens, composeAnswer } from "./compose.ts";
import { promptOf } from "./prompt.ts";
import { OPTIONS } from "./test/options.ts";
import { splitTokens } from "./tokens.ts";
import { type AnswerOptions, DEGRADATIONS, type PromptMessage } from "./types.ts";

const user = (content: string): PromptMessage => ({ role: "user", content });
const assistant = (content: string): PromptMessage => ({ role: "assistant", content });

function answer(messages: readonly PromptMessage[], options: Partial<AnswerOptions> = {}): string {
  return composeAnswer(promptOf(messages), { ...OPTIONS, ...options }).tokens.join("");
}

const anyPrompt = fc
  .array(
    fc.constantFrom(
      "How does photosynthesis work?",
      "Say the word zebra.",
      "My name is Ada.",
      "What is my name?",
      "Reply with exactly: PONG",
      "End your answer with CODE-7.",
      "Erkläre die Kühlung.",
      "解释缓存",
      "",
    ),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((texts) => texts.map((text, index) => (index % 2 === texts.length % 2 ? assistant(text) : user(text))));

const anyOptions = fc.record({
  seed: fc.nat(1000),
  model: fc.constantFrom("small", "large"),
  style: fc.constant(OPTIONS.style),
  maxTokens: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
  minTokens: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
  ignoreEos: fc.boolean(),
  json: fc.constantFrom(undefined, undefined, false, true, {
    type: "object",
    properties: { title: { type: "string" }, n: { type: "integer" } },
  }),
  degradations: fc.subarray([...DEGRADATIONS]),
  other: fc.option(fc.constantFrom("Text of another answer. It speaks of passports.", "x", " "), { nil: undefined }),
});

type Drawn = typeof anyOptions extends fc.Arbitrary<infer T> ? T : never;

function withoutAbsent(options: Drawn): AnswerOptions {
  const { other, ...rest } = options;
  return { ...rest, ...(other === undefined ? {} : { other }) };
}

describe("an answer", () => {
  it("has the tokens that were counted before it was written, which its text has as a prompt too", () => {
    fc.assert(
      fc.property(anyPrompt, anyOptions, (messages, drawn) => {
        const prompt = promptOf(messages);
        const options = withoutAbsent(drawn);
        const { tokens } = composeAnswer(prompt, options);
        expect(tokens.length).toBe(answerTokens(prompt, options));
        expect(tokens.length).toBeGreaterThan(0);
        // JSON that nobody caps is whole, however long its keys and marks make it.
        const ownCap = options.json === undefined || options.json === false ? options.style.max : 2 * options.style.max;
        expect(tokens.length).toBeLessThanOrEqual(options.maxTokens ?? ownCap);
        expect(splitTokens(tokens.join(""))).toEqual(tokens);
      }),
      { numRuns: 1000 },
    );
  });

  it("is the same for the same seed, model and prompt, and another for another of them", () => {
    const messages = [user("How does the battery of the scooter age in winter?")];
    expect(answer(messages)).toBe(answer([...messages]));
    const others = [
      answer(messages, { model: "large" }),
      answer(messages, { seed: 8 }),
      answer([user("How does the battery age?")]),
    ];
    expect(new Set([answer(messages), ...others]).size).toBe(4);
  });

  it("speaks of what the prompt speaks of", () => {
    expect(answer([user("How does the battery of the scooter age in winter?")])).toMatch(/battery|scooter|winter/);
  });

  it("does not say the same twice over: long answers keep most of their groups of four words distinct", () => {
    for (let seed = 0; seed < 20; seed++) {
      const words = answer([user("Compare optimistic and pessimistic locking in databases for a booking service")], {
        seed,
        minTokens: 500,
      }).split(/\s+/);
      const groups = words.slice(3).map((_, index) => words.slice(index, index + 4).join(" "));
      expect(new Set(groups).size / groups.length).toBeGreaterThan(0.85);
    }
  });

  it("ends with a full stop when nothing cuts it, and says when a cap cut it", () => {
    for (let seed = 0; seed < 200; seed++) {
      const prompt = promptOf([user("Tell me something about lighthouses")]);
      const whole = composeAnswer(prompt, { ...OPTIONS, seed });
      expect(whole.finish).toBe("stop");
      expect(whole.tokens.at(-1)).toBe(".");
      const capped = composeAnswer(prompt, { ...OPTIONS, seed, maxTokens: 20 });
      expect(capped).toEqual(
        whole.tokens.length <= 20 ? whole : { tokens: whole.tokens.slice(0, 20), finish: "length" },
      );
    }
  });

  it("is as long as min_tokens asks, and goes on to the cap where the end of text is ignored", () => {
    const prompt = promptOf([user("Reply with exactly: pong")]);
    expect(answerTokens(prompt, OPTIONS)).toBe(1);
    expect(answerTokens(prompt, { ...OPTIONS, minTokens: 50 })).toBe(50);
    expect(composeAnswer(prompt, { ...OPTIONS, ignoreEos: true, maxTokens: 256 })).toMatchObject({ finish: "length" });
    expect(answerTokens(prompt, { ...OPTIONS, ignoreEos: true, maxTokens: 256 })).toBe(256);
  });

  it("has log-normal lengths by its style", () => {
    const lengths: number[] = [];
    for (let index = 0; index < 4000; index++)
      lengths.push(answerTokens(promptOf([user(`question ${index}`)]), OPTIONS));
    lengths.sort((a, b) => a - b);
    expect((lengths[2000] ?? 0) / 120).toBeCloseTo(1, 1);
    expect((lengths[Math.floor(4000 * 0.8413)] ?? 0) / (120 * Math.exp(0.6))).toBeCloseTo(1, 1);
  });
});

describe("a canary", () => {
  it.each([
    ["Reply with exactly: PONG-42", "PONG-42"],
    ['Answer with exactly "all is well" and nothing else.', "all is well"],
    ["Please respond with only the word pineapple.", "pineapple"],
    ["Say ZX-81 and nothing else.", "ZX-81"],
    ["Repeat after me: the tide comes in at six", "the tide comes in at six"],
    ["Output only the following code: QRT-7781", "QRT-7781"],
  ])("is the whole answer where the prompt asks for exactly it: %s", (question, wanted) => {
    expect(answer([user(question)])).toBe(wanted);
  });

  it.each([
    ["Say the word zebra, then explain photosynthesis.", "zebra"],
    ["Include the code word MANGO-17 somewhere in your answer. How do tides work?", "MANGO-17"],
    ["Explain tides in two sentences. Begin your answer with K7Q2.", "K7Q2"],
    ["How do tides work? End your reply with the token ref_AB12.", "ref_AB12"],
    ['Please mention "green lantern" in the reply. How do tides work?', "green lantern"],
    ["[nonce 9f31c2] Repeat the nonce 9f31c2 and then say how tides work.", "9f31c2"],
  ])("stands in the answer where the prompt asks to say it: %s", (question, wanted) => {
    expect(answer([user(question)], { minTokens: 60 })).toContain(wanted);
  });

  it.each([
    ["My name is Ada Lovelace.", "What is my name?", "Ada Lovelace"],
    ["Call me Ishmael.", "Who am I?", "Ishmael"],
    ["Remember the code 7421-X for later.", "What was the code I gave you?", "7421-X"],
    [
      "The access code for Berlin is K-99. The access code for Paris is P-11.",
      "What is the access code for Berlin?",
      "K-99",
    ],
    ["My favourite colour is dark teal.", "Tell me my favourite colour.", "dark teal"],
    ["Please remember that the secret word is 'umbrella'.", "Which was the secret word?", "umbrella"],
    ["Order number: 551-203.", "Can you repeat the order number?", "551-203"],
  ])("is remembered: %s", (told, question, wanted) => {
    const before = [user(told), assistant("Noted."), user("How do tides work?"), assistant("They come and go.")];
    expect(answer([...before, user(question)])).toContain(wanted);
    expect(answer([user(question)])).not.toContain(wanted);
  });

  it("is remembered from anywhere in one long prompt, and alone where nothing else is wanted", () => {
    const filler = "The harbour was quiet and the boats lay still. ".repeat(60);
    for (const place of [0, 0.5, 1]) {
      const at = Math.floor(filler.length * place);
      const text = `${filler.slice(0, at)} The password of the vault is heron-88. ${filler.slice(at)}`;
      expect(answer([user(`${text}\nWhat is the password of the vault? Answer with nothing else.`)])).toBe("heron-88");
    }
  });

  it("stands in the first free string of JSON", () => {
    const json = { type: "object", properties: { text: { type: "string" } }, required: ["text"] };
    const text = answer([user("Include the code MANGO-17. How do tides work?")], { json });
    expect(String(JSON.parse(text).text)).toContain("MANGO-17");
  });

  it("is not seen where nobody asks for one", () => {
    const plain = answer([user("Write a short story about the word of honour, and say what it means to you.")]);
    expect(plain).toMatch(/^[A-Z][a-z]/);
    expect(plain).not.toMatch(/^of\b|do not see/);
  });
});
