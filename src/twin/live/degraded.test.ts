import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { parseStack } from "../stack/index.ts";
import { applyWeaknesses } from "../weaknesses/index.ts";
import { post, stopTwins, twinOf } from "./test/twin.ts";

const STACK =
  "parts: { llm: { kind: pool, preset: tiny, models: [ quick ], engine: { costs: { c0: 2 }, maxSeqs: 2 }, answers: { median: 40, p95: 60, max: 100 } } }";

afterEach(stopTwins);

async function planted(...names: readonly string[]): Promise<string> {
  const { url } = await twinOf(STACK, { spec: applyWeaknesses(parseStack(STACK), names) });
  return url;
}

const answerSchema = z.object({
  model: z.string(),
  choices: z.array(z.object({ finish_reason: z.string(), message: z.object({ content: z.string() }) })).length(1),
  usage: z.object({ prompt_tokens: z.number() }),
});

async function ask(url: string, content: string, more: object = {}) {
  const response = await post(`${url}/v1/chat/completions`, { messages: [{ role: "user", content }], ...more });
  const { model, choices, usage } = answerSchema.parse(await response.json());
  return {
    model,
    finish: choices[0]?.finish_reason,
    text: choices[0]?.message.content ?? "",
    prompt: usage.prompt_tokens,
  };
}

const QUESTION = "What lies in the forward hold?";
/** More than the engine's two places: whoever comes late waits, and most come late, in whatever order they arrive. */
const crowd = (url: string, more: object = {}) =>
  Promise.all(Array.from({ length: 12 }, () => ask(url, QUESTION, more)));

test("answers that break off under load are whole at rest, and say that they stopped by themselves", async () => {
  const url = await planted("truncation-under-load");
  const rest = await ask(url, QUESTION);
  expect(rest.text).toMatch(/[.?]$/);
  const loaded = await crowd(url);
  expect(loaded.some(({ text }) => text.length < rest.text.length)).toBe(true);
  expect(loaded.every(({ finish }) => finish === "stop")).toBe(true);
  expect(await ask(url, QUESTION)).toEqual(rest);
});

test("JSON that breaks under load parses at rest", async () => {
  const url = await planted("broken-json-under-load");
  const more = { response_format: { type: "json_object" } };
  const rest = await ask(url, QUESTION, more);
  expect(typeof JSON.parse(rest.text)).toBe("object");
  const broken = (await crowd(url, more)).filter(({ text }) => {
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  });
  expect(broken.length).toBeGreaterThan(0);
});

test("another model answers under load, under the same name", async () => {
  const url = await planted("fallback-model-under-load");
  const rest = await ask(url, QUESTION);
  const loaded = await crowd(url);
  expect(loaded.some(({ text }) => text !== rest.text)).toBe(true);
  expect(loaded.every(({ model }) => model === rest.model)).toBe(true);
});

test("a weakness that does not fit the stack, or that there is not, is refused with every name", () => {
  expect(() => applyWeaknesses(parseStack(STACK), ["nonsense", "cache-stampede"])).toThrow(
    /nonsense[\s\S]*cache-stampede/,
  );
});
