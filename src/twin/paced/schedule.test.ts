import { expect, test } from "vitest";
import { PACED_DEFAULTS } from "./options.ts";
import { scheduleOf } from "./schedule.ts";
import { answerTokens } from "./text.ts";

const ask = { inputTokens: 100, maxTokens: undefined };
const numbers = Array.from({ length: 2000 }, (_, index) => index);

test("the same seed and number give the same answer", () => {
  const options = { ...PACED_DEFAULTS, seed: 7 };
  expect(scheduleOf(options, { ...ask, number: 3 })).toEqual(scheduleOf(options, { ...ask, number: 3 }));
  expect(answerTokens(7, 3, 40)).toEqual(answerTokens(7, 3, 40));
  expect(answerTokens(7, 3, 40)).not.toEqual(answerTokens(7, 4, 40));
});

test("the first token waits longer for a longer request", () => {
  const options = { ...PACED_DEFAULTS, firstToken: 60, perInputToken: 0.5 };
  expect(scheduleOf(options, { ...ask, number: 0 }).first).toBe(110);
});

test("half of the answers are shorter than the median asked for", () => {
  const shorter = numbers.filter((number) => scheduleOf(PACED_DEFAULTS, { ...ask, number }).tokens < 64).length;
  expect(shorter / numbers.length).toBeGreaterThan(0.45);
  expect(shorter / numbers.length).toBeLessThan(0.55);
});

test("an answer cut at the length asked for says so, and a shorter one does not", () => {
  const options = { ...PACED_DEFAULTS, tokens: 20, tokenSpread: 0 };
  expect(scheduleOf(options, { ...ask, number: 0, maxTokens: 5 })).toMatchObject({ tokens: 5, ending: "length" });
  expect(scheduleOf(options, { ...ask, number: 0, maxTokens: 20 })).toMatchObject({ tokens: 20, ending: "stop" });
});

test("shares of broken answers are as asked for", () => {
  const options = { ...PACED_DEFAULTS, failRate: 0.1, severRate: 0.2, streamErrorRate: 0.3 };
  const endings = numbers.map((number) => scheduleOf(options, { ...ask, number }).ending);
  const share = (ending: string) => endings.filter((each) => each === ending).length / numbers.length;
  expect(share("fail")).toBeCloseTo(0.1, 1);
  expect(share("sever")).toBeCloseTo(0.2, 1);
  expect(share("stream-error")).toBeCloseTo(0.3, 1);
});

test("an answer has as many words as tokens and begins like a sentence", () => {
  const tokens = answerTokens(1, 0, 30);
  expect(tokens).toHaveLength(30);
  expect(tokens.join("").split(" ")).toHaveLength(30);
  expect(tokens.join("")).toMatch(/^[A-Z]/);
});
